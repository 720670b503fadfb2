import Base
import Testing
import Wire

@testable import Server

@Suite struct ConnectionStateTests {
    @Test func answersLeaveInTheOrderOfRequests() {
        let state = Subject()
        let first = state.begin()
        let second = state.begin(isHead: true)
        let third = state.begin()
        #expect(state.answer(third, 203))
        #expect(state.actions() == [])
        #expect(state.answer(first, 201))
        #expect(state.actions() == ["201"])
        #expect(state.answer(second, 202))
        #expect(state.actions() == ["202 head", "203"])
        #expect(state.unansweredCount == 0)
    }

    @Test func onlyTheFirstAnswerCounts() {
        let state = Subject()
        let number = state.begin()
        #expect(state.answer(number, 200))
        #expect(!state.answer(number, 500))
        #expect(state.actions() == ["200"])
        #expect(!state.answer(number, 500))
        #expect(!state.answer(77, 500))
        #expect(state.actions() == [])
    }

    @Test func readingStopsAtTheLimit() {
        let state = Subject()
        let numbers = (0..<Limits.pipelinedRequests).map { _ in
            #expect(state.canReadRequest)
            return state.begin()
        }
        #expect(!state.canReadRequest)
        _ = state.answer(numbers[0], 200)
        #expect(!state.canReadRequest)
        #expect(state.actions() == ["200"])
        #expect(state.canReadRequest)
    }

    @Test func theLastRequestEndsTheConnection() {
        let state = Subject()
        let first = state.begin()
        let last = state.begin(keepAlive: false)
        #expect(!state.canReadRequest)
        _ = state.answer(last, 202)
        _ = state.answer(first, 201)
        #expect(state.actions() == ["201", "202 close", "drain"])
        #expect(state.phase == .draining)
    }

    @Test func aFailureComesAfterWhatIsOwed() {
        let state = Subject()
        let first = state.begin()
        state.fail(400)
        state.fail(408)
        #expect(state.actions() == [])
        #expect(!state.canReadRequest)
        _ = state.answer(first, 200)
        #expect(state.actions() == ["200", "400 close", "drain"])
    }

    @Test func continueWaitsForEarlierAnswersAndLapses() {
        let state = Subject()
        let first = state.begin()
        state.wantContinue()
        #expect(state.actions() == [])
        _ = state.answer(first, 200)
        #expect(state.actions() == ["200", "continue"])
        _ = state.answer(state.begin(), 200)
        #expect(state.actions() == ["200"])
        // The body came without the word.
        let second = state.begin()
        state.wantContinue()
        let third = state.begin()
        _ = state.answer(second, 200)
        _ = state.answer(third, 200)
        #expect(state.actions() == ["200", "200"])
    }

    @Test func theEndOfInputStillGetsItsAnswers() {
        let state = Subject()
        let first = state.begin()
        let second = state.begin()
        state.inputEnded()
        #expect(state.actions() == [])
        _ = state.answer(first, 200)
        _ = state.answer(second, 200)
        #expect(state.actions() == ["200", "200 close", "drain"])
        let idle = Subject()
        idle.inputEnded()
        #expect(idle.actions() == ["drain"])
    }

    @Test func shutdownLetsAHalfReadRequestArrive() {
        let state = Subject()
        state.shutDown(isMidRequest: true)
        #expect(state.actions() == [])
        #expect(state.canReadRequest)
        _ = state.answer(state.begin(), 200)
        #expect(state.actions() == ["200 close", "drain"])
        let idle = Subject()
        idle.shutDown(isMidRequest: false)
        #expect(idle.actions() == ["drain"])
    }

    @Test func anUpgradeNeedsToBeAskedForAndToBeFirst() {
        let plain = Subject()
        #expect(!plain.upgrade(plain.begin()))
        let state = Subject()
        let number = state.begin(isUpgrade: true)
        // What follows may not be HTTP.
        #expect(!state.canReadRequest)
        #expect(state.upgrade(number))
        #expect(state.phase == .webSocket)
        #expect(!state.answer(number, 200))
        #expect(state.actions() == [])
        let refused = Subject()
        _ = refused.answer(refused.begin(isUpgrade: true), 403)
        #expect(refused.actions() == ["403"])
        #expect(refused.canReadRequest)
        let ending = Subject()
        let late = ending.begin(isUpgrade: true)
        ending.shutDown(isMidRequest: false)
        #expect(!ending.upgrade(late))
    }

    @Test func nothingIsSaidAfterTheEnd() {
        let state = Subject()
        let number = state.begin()
        state.beginDrain()
        #expect(!state.answer(number, 200))
        state.fail(400)
        #expect(state.actions() == [])
        state.close()
        state.beginDrain()
        #expect(state.phase == .closed)
    }
}

/// A state whose actions are told in words.
@dynamicMemberLookup
private final class Subject {
    private var state = ConnectionState()

    subscript<Value>(dynamicMember path: KeyPath<ConnectionState, Value>) -> Value {
        state[keyPath: path]
    }

    func begin(isHead: Bool = false, keepAlive: Bool = true, isUpgrade: Bool = false) -> Int {
        state.begin(isHead: isHead, keepAlive: keepAlive, isUpgrade: isUpgrade)
    }
    func answer(_ number: Int, _ status: Int) -> Bool {
        state.answer(number, HTTPResponse(status: status))
    }
    func fail(_ status: Int) { state.fail(HTTPResponse(status: status)) }
    func upgrade(_ number: Int) -> Bool { state.upgrade(number) }
    func wantContinue() { state.wantContinue() }
    func inputEnded() { state.inputEnded() }
    func shutDown(isMidRequest: Bool) { state.shutDown(isMidRequest: isMidRequest) }
    func beginDrain() { state.beginDrain() }
    func close() { state.close() }

    /// What `next` asks for until it waits.
    func actions() -> [String] {
        var words: [String] = []
        while true {
            switch state.next() {
            case .wait: return words
            case .write(let response, let keepAlive, let isHead):
                words.append(
                    "\(response.status)\(keepAlive ? "" : " close")\(isHead ? " head" : "")")
            case .sendContinue: words.append("continue")
            case .drain: words.append("drain")
            }
        }
    }
}
