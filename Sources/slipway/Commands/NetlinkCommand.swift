import ArgumentParser
import Documents
import Kernel
import Netlink
import RouteNetlink
import SystemPackage

struct NetlinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "netlink", abstract: "The kernel's configuration messages.", subcommands: [Decode.self])

    struct Decode: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells what rtnetlink messages hold, and encodes them again.",
            discussion: """
                Messages come as --hex, or from a file: JSON, a list of {"id", "kind", "hex"}, of which --kind takes one \
                kind. The bytes begin at the family's header, after the nlmsghdr.
                """)
        @Option(
            name: .long,
            help: ArgumentHelp(
                "What the messages are about: \(RouteMessageKind.allCases.map(\.rawValue).joined(separator: ", ")).",
                valueName: "kind"))
        var kind: String?
        @Option(name: .long, help: ArgumentHelp("The bytes of one message.", valueName: "hex")) var hex: String?
        @Argument(help: ArgumentHelp("A file of messages.", valueName: "file")) var file: String?
        @OptionGroup var output: OutputOptions

        private static let operation = "netlink decode"

        func validate() throws {
            if (hex == nil) == (file == nil) { throw ValidationError("Give either --hex or a file.") }
            if let kind, RouteMessageKind(rawValue: kind) == nil {
                let all = RouteMessageKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--kind \(kind) is none of: \(all).")
            }
            if hex != nil, kind == nil { throw ValidationError("--hex needs --kind.") }
        }

        private struct Message {
            let id: String
            let kind: RouteMessageKind
            let bytes: [UInt8]
        }

        func run() throws {
            var documents: [JSONValue] = []
            var texts: [String] = []
            for message in try messages() {
                guard let schema = message.kind.schema else { continue }
                do throws(NetlinkError) {
                    let decoded = try schema.decode(message.bytes)
                    let encoded = try decoded.encoded()
                    documents.append([
                        "id": .string(message.id), "kind": .string(message.kind.rawValue),
                        "value": NetlinkDocument.document(decoded),
                        "reencoded": .string(AttributeValue.hexadecimal(encoded)),
                    ])
                    texts.append("\(message.id): \(NetlinkDocument.text(decoded))")
                } catch {
                    throw CommandFailure(.failed, Self.operation, on: message.id, message: "\(error)")
                }
            }
            try output.answer(.array(documents), table: texts.joined(separator: "\n"))
        }

        private func messages() throws -> [Message] {
            let wanted = kind.flatMap { RouteMessageKind(rawValue: $0) }
            if let hex, let wanted { return [Message(id: "hex", kind: wanted, bytes: try bytes(of: hex, "--hex"))] }
            guard let file else { return [] }
            let content: [UInt8]
            do throws(OSError) { content = try LiveFiles().contents(of: FilePath(file), limit: 256 << 20) } catch {
                throw CommandFailure(error, Self.operation)
            }
            let entries: [JSONValue]?
            do { entries = try JSONText.decode(JSONValue.self, from: content).array } catch {
                throw CommandFailure(.failed, Self.operation, on: file, message: "\(error)")
            }
            guard let entries else {
                throw CommandFailure(.failed, Self.operation, on: file, message: "it is no list of messages")
            }
            var messages: [Message] = []
            for (index, entry) in entries.enumerated() {
                let id = entry["id"]?.string ?? "\(index)"
                guard let word = entry["kind"]?.string ?? kind, let hex = entry["hex"]?.string else {
                    throw CommandFailure(.failed, Self.operation, on: "\(file) \(id)", message: "it lacks kind or hex")
                }
                guard let kind = RouteMessageKind(rawValue: word) else {
                    throw CommandFailure(
                        .failed, Self.operation, on: "\(file) \(id)", message: "no kind is called \(word)")
                }
                if let wanted, wanted != kind { continue }
                messages.append(Message(id: id, kind: kind, bytes: try bytes(of: hex, id)))
            }
            return messages
        }

        private func bytes(of text: String, _ subject: String) throws -> [UInt8] {
            let digits = text.compactMap { $0.hexDigitValue }
            guard digits.count == text.count, digits.count % 2 == 0 else {
                throw CommandFailure(
                    .failed, Self.operation, on: subject, message: "it is no even number of hexadecimal digits")
            }
            return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }
}
