import Documents
import Testing

@Suite("JSON")
struct JSONTests {
    @Test("keys are in order and null stays")
    func order() throws {
        let value: JSONValue = ["b": nil, "a": [1, true, "x/y"], "c": .number(1.5)]
        #expect(try JSONText.encode(value, as: .line) == #"{"a":[1,true,"x/y"],"b":null,"c":1.5}"#)
    }

    @Test("what was written reads back the same")
    func roundTrip() throws {
        let value: JSONValue = ["n": -9_007_199_254_740_993, "s": "é\n", "l": [nil, false, .number(0.25)], "o": [:]]
        #expect(try JSONText.decode(JSONValue.self, from: Array(JSONText.encode(value).utf8)) == value)
    }

    @Test("a malformed document is a typed error", arguments: ["", "{", "[1,,]", "{\"a\":}", "\u{0}", "nul"])
    func malformed(text: String) {
        #expect(throws: DocumentError.self) { try JSONText.decode(JSONValue.self, from: Array(text.utf8)) }
    }
}
