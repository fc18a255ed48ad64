import Documents
import FoundationEssentials
import Kernel
import SystemPackage
import TestSupport
import Testing

/// A Python program of Tests/Fixtures/judges: it is asked lines of base64, and answers a line of JSON to each.
enum Judge {
    static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures")

    static func answers(of program: String, to inputs: [[UInt8]]) throws -> [JSONValue] {
        let directory = try TemporaryDirectory()
        try directory.write("inputs", inputs.map { Data($0).base64EncodedString() + "\n" }.joined())
        let script = fixtures.appending("judges").appending(program)
        let answer = try attempt(
            "python3", [script.string], input: directory.path.appending("inputs"), timeout: .seconds(300))
        try #require(answer.isSuccess, "\(program): \(answer.errors)")
        let lines = answer.output.split(separator: 0x0a)
        try #require(lines.count == inputs.count)
        return try lines.map { try JSONText.decode(JSONValue.self, from: Array($0)) }
    }

    static func fixture(_ name: String) throws -> [UInt8] {
        try LiveFiles().contents(of: fixtures.appending(name), limit: 4 << 20)
    }

    /// Each byte of `bytes` changed in one bit, which of the eight goes round; then each prefix.
    static func damaged(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.indices.map { position in
            var bad = bytes
            bad[position] ^= 1 << UInt8(position % 8)
            return bad
        } + bytes.indices.map { Array(bytes.prefix($0)) }
    }
}
