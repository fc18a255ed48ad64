import Compression
import Documents
import FoundationEssentials
import Kernel
import Platform
import SystemPackage
import TestSupport
import Testing

@Suite("User data")
struct UserDataTests {
    static let text = Array("#cloud-config\nhostname: node-1\n".utf8)

    static func fixture(_ name: String) throws -> [UInt8] {
        let tests = FilePath(#filePath).removingLastComponent().removingLastComponent()
        return try LiveFiles().contents(of: tests.appending("Fixtures/user-data").appending(name), limit: 1 << 20)
    }

    static func packed(_ bytes: [UInt8], _ program: String = "gzip", _ options: String = "-9nc") throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try directory.write("plain", bytes)
        return try attempt(program, [options, "\(directory.path)/plain"]).output
    }

    static func base64(_ bytes: [UInt8], wrapped: Bool = false) -> [UInt8] {
        Array(Data(bytes).base64EncodedData(options: wrapped ? [.lineLength76Characters, .endLineWithLineFeed] : []))
    }

    static func error(_ raw: [UInt8], encoding: String? = nil, isText: Bool = false) -> UserDataError? {
        do {
            _ = try UserData(raw, encoding: encoding, isText: isText)
            return nil
        } catch { return error }
    }

    @Test("gzip, zstd and base64 around them are taken off, the outermost first")
    func layers() throws {
        let gzip = try Self.packed(Self.text)
        let zstd = try Self.packed(Self.text, "zstd", "-19qc")
        let twice = try Self.packed(Self.base64(gzip))
        for (raw, encodings) in [
            (Self.text, []), ([], []), (gzip, ["gzip"]), (gzip + gzip, ["gzip"]), (zstd, ["zstd"]),
            (Self.base64(gzip), ["base64", "gzip"]),
            (Self.base64(gzip, wrapped: true) + [0x0a], ["base64", "gzip"]), (Self.base64(zstd), ["base64", "zstd"]),
            (twice, ["gzip", "base64", "gzip"]), (Self.base64(twice), ["base64", "gzip", "base64", "gzip"]),
        ] as [([UInt8], [String])] {
            let data = try UserData(raw)
            #expect(data.raw == raw && data.encodings == encodings && data.parts == [])
            #expect(data.decoded == (raw.isEmpty ? [] : raw == gzip + gzip ? Self.text + Self.text : Self.text))
        }
        let fifth = try Self.packed(Self.base64(twice))
        #expect(Self.error(fifth)?.kind == .tooManyLayers(limit: 4))
    }

    @Test("plain text that is base64 too is left, unless the platform carries text alone")
    func plain() throws {
        for text in ["abcd", "aGVsbG8=", "H4sI is how it starts", "KLUv", "KLUv!", "(", "\u{1f}"] {
            let data = try UserData(Array(text.utf8))
            #expect(data.decoded == Array(text.utf8) && data.encodings == [], "\(text)")
        }
        let wrapped = try UserData(Self.base64(Self.text + Self.text + Self.text, wrapped: true), isText: true)
        #expect(wrapped.decoded == Self.text + Self.text + Self.text && wrapped.encodings == ["base64"])
        for text in ["", "#!/bin/sh\n", "reboot now", "abc\nabcde", "abc", "hello\nbig\nworld"] {
            #expect(try UserData(Array(text.utf8), isText: true).encodings == [], "\(text)")
        }
        #expect(try UserData(Self.packed(Self.text), isText: true).encodings == ["gzip"])
        #expect(try UserData(Self.base64(Self.packed(Self.text)), isText: true).encodings == ["base64", "gzip"])
    }

    @Test("what the platform says of the encoding holds")
    func labels() throws {
        let gzip = try Self.packed(Self.text)
        for label in ["base64", "b64", " Base64\n"] {
            let data = try UserData(Self.base64(Self.text, wrapped: true), encoding: label)
            #expect(data.decoded == Self.text && data.encodings == ["base64"])
            #expect(try UserData(Self.base64(gzip), encoding: label).encodings == ["base64", "gzip"])
        }
        for label in ["gzip+base64", "gz+b64", "gz+base64", "gzip+b64"] {
            let data = try UserData(Self.base64(gzip), encoding: label)
            #expect(data.decoded == Self.text && data.encodings == ["base64", "gzip"])
            #expect(
                Self.error(Self.base64(Self.text), encoding: label)
                    == UserDataError(
                        .compression(.refused(.gzip, reason: "incorrect header check")), within: ["base64"]))
        }
        #expect(try UserData(Self.text, encoding: "").decoded == Self.text)
        #expect(Self.error(Self.text, encoding: "rot13")?.kind == .unknownEncoding("rot13"))
        guard case .document(let problem)? = Self.error(Self.text, encoding: "b64")?.kind else {
            Issue.record("plain text was taken for base64")
            return
        }
        #expect(problem.format == .base64)
    }

    @Test("every prefix of packed user data is an error that says truncated", arguments: ["gzip", "zstd"])
    func truncated(program: String) throws {
        let packed = try Self.packed(Self.text, program, program == "gzip" ? "-9c" : "-3qc")
        // One byte may be anybody's.
        for length in 2..<packed.count {
            let error = Self.error(Array(packed.prefix(length)))
            #expect(error?.description.contains("\(program) data is truncated") == true, "\(length): \(error as Any)")
        }
        let text = Self.base64(packed)
        for length in 6..<text.count {
            let error = Self.error(Array(text.prefix(length)))
            #expect(error?.description.contains("truncated") == true, "\(length): \(error as Any)")
        }
    }

    @Test("a damaged byte is an error, or nothing of the content's")
    func damaged() throws {
        let gzip = try Self.packed(Self.text)
        for packed in [gzip, Self.base64(gzip), try Self.packed(Self.text, "zstd", "-3qc")] {
            // The first bytes say what it is: without them it is plain.
            for position in 5..<packed.count {
                for bit in 0..<8 {
                    var bad = packed
                    bad[position] ^= 1 << UInt8(bit)
                    guard let data = try? UserData(bad) else { continue }
                    #expect(data.decoded == Self.text || data.encodings == [], "\(position), \(bit)")
                }
            }
        }
    }

    @Test("a bomb is refused: in one layer, in layers, in a part")
    func bombs() throws {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        let bomb = try Self.packed(zeros)
        #expect(Self.error(bomb)?.kind == .compression(.ratioTooHigh(limit: UserData.ratioLimit)))
        #expect(
            Self.error(try Self.packed(bomb))
                == UserDataError(.compression(.ratioTooHigh(limit: 200)), within: ["gzip"]))
        #expect(Self.error(try Self.packed(zeros, "zstd", "-3qc"))?.kind == .compression(.ratioTooHigh(limit: 200)))
        #expect(Self.error(zeros + [0])?.kind == .tooLarge(limitInBytes: 4 << 20))
        // Noise that grows little, and is too much all the same.
        var generator = SeededGenerator(seed: 7)
        let noise = (0..<(4 << 20) + 1).map { _ in UInt8(truncatingIfNeeded: generator.next() & 0x07) }
        #expect(Self.error(try Self.packed(noise))?.kind == .tooLarge(limitInBytes: 4 << 20))
        let parts = Self.message([("application/gzip", Self.base64(bomb))])
        #expect(
            Self.error(parts)
                == UserDataError(.compression(.ratioTooHigh(limit: 200)), within: ["base64"], part: 1))
        // Each within bounds, and together not.
        let third = try Self.packed(Array(noise.prefix(1_500_000)))
        let three = Self.message([third, third, third].map { ("application/x-gzip", Self.base64($0)) })
        let error = Self.error(try Self.packed(three))
        #expect(error?.kind == .tooLarge(limitInBytes: 4 << 20) && error?.part == 3)
    }

    static func message(_ parts: [(type: String, base64: [UInt8])]) -> [UInt8] {
        Array("Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n".utf8)
            + parts.flatMap { part in
                Array("--b\nContent-Type: \(part.type)\nContent-Transfer-Encoding: base64\n\n".utf8) + part.base64 + [
                    0x0a
                ]
            } + Array("--b--\n".utf8)
    }

    @Test("what Debian's tools wrote, gzip around it: the payload whole, and its parts")
    func tools() throws {
        let packed = try UserData(Self.fixture("write-mime-multipart.eml.gz"))
        #expect(packed.encodings == ["gzip"])
        let sources = try ["base.yaml", "setup.sh", "more.txt"].map { try Self.fixture($0) }
        #expect(packed.parts.map(\.bytes) == sources)
        #expect(packed.parts.map(\.fileName) == ["base.yaml", "setup.sh", "more.txt"])
        #expect(packed.parts.map(\.contentType) == ["text/cloud-config", "text/x-shellscript", "text/x-include-url"])
        #expect(packed.parts.map(\.encodings) == [["base64"], [], []])
        let message = try Self.fixture("make-mime.eml")
        let data = try UserData(Self.base64(Self.packed(message)))
        #expect(data.decoded == message && data.encodings == ["base64", "gzip"] && data.parts.count == 4)
        #expect(try UserData(message).parts == data.parts)
    }

    @Test("gzip in a part is taken off where its type says gzip or text, and left in a binary one")
    func packedParts() throws {
        let gzip = try Self.packed(Self.text)
        let data = try UserData(
            Self.message([
                ("application/x-gzip", Self.base64(gzip)), ("text/cloud-config", Self.base64(gzip)),
                ("application/octet-stream", Self.base64(gzip)), ("text/plain", Self.base64(Self.text)),
            ]))
        #expect(data.parts.map(\.bytes) == [Self.text, Self.text, gzip, Self.text])
        #expect(data.parts.map(\.encodings) == [["base64", "gzip"], ["base64", "gzip"], ["base64"], ["base64"]])
        #expect(
            data.parts.map(\.payloadType) == [
                "text/cloud-config", "text/cloud-config", "application/octet-stream", "text/cloud-config",
            ])
        let cut = Self.message([("text/plain", []), ("application/gzip", Self.base64(Array(gzip.dropLast())))])
        #expect(
            Self.error(cut)?.description
                == "user data, part 2, unpacked from base64: the gzip data is truncated: it ends too early"
        )
    }

    @Test("a vague part is what cloud-init takes its first line for")
    func payloadTypes() throws {
        let table = try JSONText.decode(JSONValue.self, from: Self.fixture("payload-types.json")).array ?? []
        #expect(table.count >= 20)
        for row in table {
            let text = Array((row["text"]?.string ?? "").utf8)
            let part = UserData.Part(contentType: "text/x-shellscript", fileName: nil, encodings: [], bytes: text)
            #expect(part.payloadType == row["type"]?.string ?? "text/x-shellscript", "\(row)")
            let written = UserData.Part(contentType: "text/cloud-boothook", fileName: nil, encodings: [], bytes: text)
            #expect(written.payloadType == "text/cloud-boothook")
        }
    }

    @Test("a message that is cut off is an error with its line")
    func cutMessage() throws {
        let message = try Self.fixture("write-mime-multipart.eml")
        let error = Self.error(try Self.packed(Array(message.dropLast(4))))
        #expect(
            error?.description.hasPrefix(
                "user data, unpacked from gzip: line 33, column 38: MIME: the document is truncated")
                == true, "\(error as Any)")
    }
}
