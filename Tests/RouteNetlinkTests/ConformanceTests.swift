import Netlink
import RouteNetlink
import Testing

@Suite("Others' messages", .conformance)
struct ConformanceTests {
    @Test("every message decodes and encodes to its own bytes")
    func roundTrip() throws {
        let set = try ConformanceSet()
        #expect(set.messages.count >= 69)
        for message in set.messages {
            let schema = try #require(RouteMessageKind(rawValue: message.kind)?.schema)
            do {
                #expect(try schema.decode(message.bytes).encoded() == message.bytes, "\(message.id)")
            } catch {
                Issue.record("\(message.id): \(error)")
            }
        }
    }

    @Test("names and values are those of the text")
    func meaning() throws {
        var comparison = MeaningComparison()
        for message in try ConformanceSet().messages {
            let schema = try #require(RouteMessageKind(rawValue: message.kind)?.schema)
            let decoded = try schema.decode(message.bytes)
            comparison.subject = message.id
            comparison.compare(decoded, try RustDebug(parsing: message.meaning))
        }
        for problem in comparison.problems { Issue.record("\(problem)") }
        for value in comparison.uncompared { Issue.record("nothing to hold it against: \(value)") }
        print("values held against the conformance set's words: \(comparison.compared)")
        #expect(comparison.compared > 2000)
    }
}
