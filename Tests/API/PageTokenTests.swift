import Testing

@testable import API

@Suite("PageToken")
struct PageTokenTests {
    @Test("what it writes it reads")
    func roundTrip() throws {
        for place in [1, 35, 36, 1_000_000, (1 << 53) - 1] {
            let token = PageToken(place: place, mark: PageToken.mark(["/api", "\(place)"]))
            let read = try #require(PageToken(token.text))
            #expect(read.place == place && read.mark == token.mark)
        }
    }

    @Test(
        "what it doesn't write it doesn't read",
        arguments: [
            "", "-", "1", "1-", "-1", "0-1", "01-1", "1-01", "+1-1", "1--1", "A-1", "1-1-1",
            "zzzzzzzzzzzz-1", "1-zzzzzzzz", "1 -1", "9007199254740992-1",
        ])
    func wrong(text: String) {
        #expect(PageToken(text) == nil)
    }

    @Test("parts are kept apart")
    func marks() {
        #expect(PageToken.mark(["ab", "c"]) != PageToken.mark(["a", "bc"]))
        #expect(PageToken.mark(["a", "b"]) != PageToken.mark(["b", "a"]))
    }
}
