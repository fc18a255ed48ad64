internal import Documents

/// The textual encoding of RFC 7468: blocks of base64 between lines that name them, any text around them.
struct PEM {
    /// Blocks of one file, at the most.
    static let blockLimit = 64

    /// What is wrong.
    struct Failure: Error {
        let problem: String
    }

    let label: String
    let bytes: [UInt8]

    /// The blocks in their order; none in a text without any.
    static func blocks(of text: [UInt8]) throws(Failure) -> [PEM] {
        var blocks: [PEM] = []
        var label: String?
        var body: [UInt8] = []
        for raw in text.split(separator: 0x0a, omittingEmptySubsequences: true) {
            let line = raw.last == 0x0d ? raw.dropLast() : raw
            if let begun = label {
                if let ended = boundary(line, "END") {
                    guard ended == begun else { throw Failure(problem: "BEGIN \(begun) with END \(ended)") }
                    guard blocks.count < blockLimit else { throw Failure(problem: "more than \(blockLimit) blocks") }
                    blocks.append(PEM(label: begun, bytes: try decoded(body, begun)))
                    label = nil
                } else {
                    body += line
                }
            } else if let begun = boundary(line, "BEGIN") {
                label = begun
                body = []
            }
        }
        if let label { throw Failure(problem: "BEGIN \(label) without its END") }
        return blocks
    }

    private static func decoded(_ body: [UInt8], _ label: String) throws(Failure) -> [UInt8] {
        do throws(DocumentError) {
            return try Base64.decode(body)
        } catch {
            throw Failure(problem: "\(label): \(error.problem)")
        }
    }

    private static func boundary(_ line: ArraySlice<UInt8>, _ word: String) -> String? {
        let before = Array("-----\(word) ".utf8)
        let after = Array("-----".utf8)
        guard line.starts(with: before), line.count >= before.count + after.count, line.suffix(5) == after[...] else {
            return nil
        }
        return String(decoding: line.dropFirst(before.count).dropLast(5), as: UTF8.self)
    }
}
