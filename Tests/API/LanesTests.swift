import Testing

@testable import API

@Suite("Lanes")
struct LanesTests {
    private final class Connection {}

    /// Requests by name, as they begin; each ends when the test says so.
    private final class Scene {
        let lanes = Lanes()
        let connection = Connection()
        var begun: [String] = []

        func enter(_ name: String, _ kind: Lanes.Kind) {
            lanes.enter(ObjectIdentifier(connection), kind) { self.begun.append(name) }
        }
        func answer(_ kind: Lanes.Kind) { lanes.leave(ObjectIdentifier(connection), kind) }
        func take() -> [String] {
            defer { begun = [] }
            return begun
        }
    }

    @Test("orders don't wait for each other; a read waits for them all")
    func orders() {
        let scene = Scene()
        scene.enter("a", .order)
        scene.enter("b", .order)
        scene.enter("read", .read)
        scene.enter("c", .order)
        #expect(scene.take() == ["a", "b"])
        scene.answer(.order)
        #expect(scene.take() == [])
        scene.answer(.order)
        #expect(scene.take() == ["read", "c"])
        scene.answer(.order)
        scene.enter("later", .read)
        #expect(scene.take() == ["later"])
    }

    @Test("another write waits for orders, and everyone waits for it")
    func writes() {
        let scene = Scene()
        scene.enter("a", .order)
        scene.enter("cancel all", .write)
        scene.enter("b", .order)
        #expect(scene.take() == ["a"])
        scene.answer(.order)
        #expect(scene.take() == ["cancel all"])
        scene.answer(.write)
        #expect(scene.take() == ["b"])
    }

    @Test("who waits for the picture is passed by nobody")
    func held() {
        let scene = Scene()
        let id = ObjectIdentifier(scene.connection)
        scene.enter("a", .order)
        scene.lanes.hold(id)
        scene.enter("b", .order)
        scene.enter("read", .read)
        #expect(scene.take() == ["a"])
        scene.answer(.order)
        #expect(scene.take() == [])
        scene.lanes.release(id)
        #expect(scene.take() == ["b"])
        scene.answer(.order)
        #expect(scene.take() == ["read"])
    }

    @Test("one connection doesn't wait for another")
    func connections() {
        let scene = Scene()
        let other = Connection()
        scene.enter("a", .write)
        scene.lanes.enter(ObjectIdentifier(other), .read) { scene.begun.append("other") }
        #expect(scene.take() == ["a", "other"])
    }

    @Test("an answer within the handler lets the next begin, however many there are")
    func atOnce() {
        let scene = Scene()
        let id = ObjectIdentifier(scene.connection)
        scene.enter("first", .write)
        for number in 1...64 {
            scene.lanes.enter(id, .write) {
                scene.begun.append("\(number)")
                scene.lanes.leave(id, .write)
            }
        }
        scene.answer(.write)
        #expect(scene.take() == ["first"] + (1...64).map(String.init))
    }
}
