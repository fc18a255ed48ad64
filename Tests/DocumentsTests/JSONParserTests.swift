import Documents
import FoundationEssentials
import TestSupport
import Testing

@Suite("JSON, read")
struct JSONParserTests {
    static let numbers = [
        "0", "-0", "1.0", "-0.0", "1e3", "1E+2", "1.5", "1e-1", "10e-1", "100e-2", "9007199254740993.0",
        "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
        "-9223372036854775809",
        "1e18", "1e19", "1e20", "123456789012345678e1", "4.9e-324", "0.1", "0.30000000000000004",
        "12345678901234567890123456789",
        "9007199254740993e0", "1e15", "1e16", "123456789.0e-1", "0e999999", "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "100000000000000000000e-2", "0.000000001e9", "3.14159265358979", "-123.456", "1234567890.123", "1e-7",
    ]
    static let edges = [
        "", " ", "null", " true\n", "false", "nul", "truee", "True", "[]", "[ ]", "[1]", "[1,]", "[,1]", "[1 2]", "[1",
        "[", "]", "[1}",
        "{}", "{ }", "{\"a\":1}", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:1}", "{'a':1}", "{\"a\":1 \"b\":2}",
        "{\"a\":1,\"a\":2}",
        "{", "}", "{\"a\":{\"b\":[{},[],null]}}", "\"", "\"a", "\"a\"", "\"\\\"\"", "\"\\u0041\"",
        "\"\\u00e9\\n\\t\\/\\b\\f\\r\\\\\"",
        "\"\\uD83D\\uDE00\"", "\"\\uD83D\"", "\"\\uDE00\"", "\"\\uD83D\\u0041\"", "\"\\uD83Dx\"", "\"\\uD83D\\uD83D\"",
        "\"\\u12\"", "\"\\u12G4\"",
        "\"\\x41\"", "\"\\\"", "\"\\", "\"\\u0000\"", "\"\u{0}\"", "\"\u{1f}\"", "\"\u{7f}\"", "\"\n\"", "\"\t\"",
        "\"é😀\u{2028}\"", "\u{feff}[]",
        "\u{feff}\u{feff}[]", "[\u{a0}1]", "\u{c}1", "1 1", "// x\n1", "/* */1", "+1", ".5", "1.", "1.e3", "1e", "1e+",
        "--1", "-", "01", "-01", "0x10",
        "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1.7976931348623159e308", "1e-400", "1e99999999999999999999",
        "0e99999999999999999999",
        "1e-99999999999999999999", "3.0000000000000000000000001", "0.99999999999999999999", "9007199254740992.9",
        "1_000", "١",
        "9223372036854775807.0", "1.8446744073709551615e19", "18446744073709551615.5", "9223372036854775808.5",
        "-9223007199254794.39", "\"\\u00\u{e9}9\"",
        "\"\\u 041\"", "[true,false,null]",
    ]

    private static func notation(_ bytes: [UInt8]) -> String {
        do { return try JSONText.decode(JSONValue.self, from: bytes).notation } catch {
            // Every error has its place.
            return error.format == .json && error.place != nil ? "rejected" : "\(error)"
        }
    }

    private func compare(_ inputs: [[UInt8]]) throws {
        for (input, peer) in zip(inputs, try Judge.answers(of: "json_text.py", to: inputs)) {
            #expect(Self.notation(input) == peer.string, "\(String(decoding: input, as: UTF8.self))")
        }
    }

    @Test("the grammar's edges: the same values and the same refusals as Python's json")
    func grammar() throws {
        let broken: [[UInt8]] = [
            [0x22, 0xff, 0x22], [0x22, 0xc3, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0xef, 0xbb], [0x5b, 0x80, 0x5d],
            [0x22, 0x5c, 0x6e, 0xff, 0x22],
        ]
        try compare(
            (Self.numbers + Self.edges).map { Array($0.utf8) } + Self.numbers.map { Array("[\($0),\($0)]".utf8) }
                + broken)
        for depth in [63, 64, 65, 400] {
            for (start, end) in [("[", "]"), ("{\"a\":", "}")] {
                let text = String(repeating: start, count: depth) + "1" + String(repeating: end, count: depth)
                try compare([Array(text.utf8)])
            }
        }
        #expect(throws: DocumentError(.json, .tooDeep(limit: 64), at: .init(offset: 64, line: 1, column: 65))) {
            try JSONText.decode(JSONValue.self, from: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test("each byte flipped and each prefix: as Python's json")
    func damage() throws {
        let sample =
            #"{"a":[1,-2.5e1,"x\u00e9\n",null],"é":{"t":true,"f":false},"u":18446744073709551615,"s":"\ud83d\ude00"}"#
        try compare(Judge.damaged(Array(sample.utf8)))
    }

    @Test("pieces in any order: as Python's json")
    func random() throws {
        let pieces =
            Self.numbers + Self.edges.filter { $0.utf8.count < 12 } + [
                "[", "]", "{", "}", ",", ":", "\"k\":", " ", "\n", "[", "]",
            ]
        var generator = SeededGenerator(seed: Sweep.seed ?? 2)
        try compare(
            (0..<(Sweep.isLong ? 100_000 : 4_000)).map { _ in
                if generator.chance(50) { return Array(Self.document(&generator, depth: 4).utf8) }
                return Array((0..<generator.number(1...8)).map { _ in generator.pick(pieces) }.joined().utf8)
            })
    }

    private static func document(_ generator: inout SeededGenerator, depth: Int) -> String {
        let blank = generator.pick(["", "", " ", "\n"])
        let count = generator.number(0...3)
        switch generator.number(0...(depth == 0 ? 3 : 6)) {
        case 0: return blank + generator.pick(numbers)
        case 1: return generator.pick(["null", "true", "false"]) + blank
        case 2, 3: return generator.pick(["\"a\"", "\"\"", "\"é\\u00e9\"", "\"\\ud83d\\ude00\"", "\"1\""])
        case 4:
            return "[" + (0..<count).map { _ in document(&generator, depth: depth - 1) }.joined(separator: ",") + "]"
        default:
            let members = (0..<count).map { _ in
                generator.pick(["\"a\"", "\"b\"", "\"\""]) + blank + ":" + document(&generator, depth: depth - 1)
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    /// But one: a double next to the least Int64 is that integer here, for it is written as that.
    @Test(
        "a number is what Foundation's decoder makes of it",
        arguments: numbers.filter { $0 != "-9223372036854775809" })
    func asFoundation(number: String) throws {
        let text = Data("[\(number)]".utf8)
        let theirs = try JSONDecoder().decode(JSONValue.self, from: text)
        #expect(try JSONText.decode(JSONValue.self, from: Array(text)) == theirs)
    }

    @Test("what was read says itself again, numbers at the edges too")
    func roundTrip() throws {
        for text in Self.numbers + Self.edges {
            guard let value = try? JSONText.decode(JSONValue.self, from: Array(text.utf8)) else { continue }
            let again = try JSONText.encode(["": value], as: .line)
            #expect(try JSONText.decode(JSONValue.self, from: Array(again.utf8))[""] == value, "\(text)")
        }
    }

    @Test("an error says where, in bytes, line and column")
    func places() {
        func error(_ text: String) -> DocumentError? {
            do {
                _ = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
                return nil
            } catch { return error }
        }
        #expect(error("{\"é\": 1,\n \"b\" 2}")?.place == .init(offset: 15, line: 2, column: 6))
        #expect(error("{\"é\": 1,\n \"b\" 2}")?.problem == "line 2, column 6: JSON: no : after a key")
        #expect(error("[1, 2")?.kind == .truncated)
        #expect(error("\"a\\")?.kind == .truncated)
        #expect(error("\"\\ud83d")?.kind == .truncated)
        #expect(error("[1e999]")?.place?.offset == 1)
        #expect(error("<html>")?.problem == "line 1, column 1: JSON: no value")
    }
}
