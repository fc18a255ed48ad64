import Documents
import Glibc
import Testing

/// Messages that others' tests use, with what they mean; never in this repository.
struct ConformanceSet {
    struct Message {
        let id: String
        let kind: String
        let bytes: [UInt8]
        let meaning: String
    }

    let messages: [Message]

    // SAFETY: what getenv answers stays until the environment is changed, which nobody does.
    static var directory: String {
        guard let value = unsafe getenv("SLIPWAY_CONFORMANCE") else { return "../shared/conformance" }
        return unsafe String(cString: value)
    }
    static var isPresent: Bool { unsafe access("\(directory)/netlink/messages.json", R_OK) == 0 }

    init() throws {
        let file = try readFile("\(Self.directory)/netlink/messages.json")
        let entries = try #require(try JSONText.decode(JSONValue.self, from: file).array)
        messages = try entries.map { entry in
            let hexadecimal = try #require(entry["hex"]?.string)
            return Message(
                id: try #require(entry["id"]?.string), kind: try #require(entry["kind"]?.string),
                bytes: try #require(bytes(ofHexadecimal: hexadecimal)),
                meaning: try #require(entry["meaning"]?.string))
        }
    }
}

extension Trait where Self == ConditionTrait {
    static var conformance: Self {
        .enabled(
            if: ConformanceSet.isPresent,
            "no conformance set at \(ConformanceSet.directory); SLIPWAY_CONFORMANCE says where it is")
    }
}

struct NoFile: Error { let path: String }

func readFile(_ path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "re") else { throw NoFile(path: path) }
    // SAFETY: the stream is open until here, and each read fills at most the chunk.
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return bytes }
        bytes += chunk.prefix(count)
    }
}

/// nil where it is no even number of hexadecimal digits.
func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = text.compactMap { $0.hexDigitValue }
    guard digits.count == text.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}
