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
                Messages come as --hex, or from a file, of which --kind takes one kind: JSON, a list of {"id", "kind", \
                "hex"}, or a capture of nlmon's (pcap, link type 253). The bytes begin at the family's header, after the nlmsghdr.
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

        func validate() throws {
            if (hex == nil) == (file == nil) { throw ValidationError("Give either --hex or a file.") }
            if let kind, RouteMessageKind(rawValue: kind) == nil {
                let all = RouteMessageKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--kind \(kind) is none of: \(all).")
            }
            if hex != nil, kind == nil { throw ValidationError("--hex needs --kind.") }
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
                    throw CommandFailure(.failed, MessageInput.operation, on: message.id, message: "\(error)")
                }
            }
            try output.answer(.array(documents), table: texts.joined(separator: "\n"))
        }

        private func messages() throws -> [MessageInput] {
            let wanted = kind.flatMap { RouteMessageKind(rawValue: $0) }
            if let hex, let wanted {
                return [MessageInput(id: "hex", kind: wanted, bytes: try MessageInput.bytes(of: hex, "--hex"))]
            }
            return try file.map { try MessageInput.reading(FilePath($0), wanted) } ?? []
        }
    }
}
