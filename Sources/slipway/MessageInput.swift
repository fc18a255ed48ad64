import Documents
import Kernel
import Netlink
import RouteNetlink
import SystemPackage

/// A message that `netlink decode` was given.
struct MessageInput {
    static let operation = "netlink decode"
    /// pcap's in both orders of bytes and both units of time, and pcapng's, which the reader names and refuses.
    private static let captureMagics: [[UInt8]] = [
        [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d],
        [0x0a, 0x0d, 0x0d, 0x0a],
    ]

    let id: String
    let kind: RouteMessageKind
    /// From the family's header on.
    let bytes: [UInt8]

    /// The messages of a file, pcap or JSON, of one kind where one is wanted.
    static func reading(_ file: FilePath, _ wanted: RouteMessageKind?) throws -> [MessageInput] {
        let content: [UInt8]
        do throws(OSError) { content = try LiveFiles().contents(of: file, limit: 256 << 20) } catch {
            throw CommandFailure(error, operation)
        }
        let all =
            try captureMagics.contains(Array(content.prefix(4)))
            ? capture(content, file) : json(content, file, wanted)
        return all.filter { wanted == nil || $0.kind == wanted }
    }

    private static func json(
        _ content: [UInt8], _ file: FilePath, _ wanted: RouteMessageKind?
    ) throws -> [MessageInput] {
        let entries: [JSONValue]?
        do { entries = try JSONText.decode(JSONValue.self, from: content).array } catch {
            throw CommandFailure(.failed, operation, on: file.string, message: "\(error)")
        }
        guard let entries else {
            throw CommandFailure(.failed, operation, on: file.string, message: "it is no list of messages")
        }
        return try entries.enumerated().map { index, entry in
            let id = entry["id"]?.string ?? "\(index)"
            guard let word = entry["kind"]?.string ?? wanted?.rawValue, let hex = entry["hex"]?.string else {
                throw CommandFailure(.failed, operation, on: "\(file) \(id)", message: "it lacks kind or hex")
            }
            guard let kind = RouteMessageKind(rawValue: word) else {
                throw CommandFailure(.failed, operation, on: "\(file) \(id)", message: "no kind is called \(word)")
            }
            return MessageInput(id: id, kind: kind, bytes: try bytes(of: hex, id))
        }
    }

    /// Every message of rtnetlink's in a capture, requests and answers, by its place: `12.3` is the third of the twelfth datagram.
    private static func capture(_ content: [UInt8], _ file: FilePath) throws -> [MessageInput] {
        let capture: NetlinkCapture
        do throws(NetlinkError) { capture = try NetlinkCapture(pcap: content) } catch {
            throw CommandFailure(.failed, operation, on: file.string, message: "\(error)")
        }
        guard !capture.isForeignByteOrder else {
            throw CommandFailure(
                .failed, operation, on: file.string,
                message: "it was captured on a machine of the other byte order, in which netlink's numbers are",
                hint: "decode it on a machine of that order")
        }
        var messages: [MessageInput] = []
        for (place, datagram) in capture.datagrams.enumerated() where datagram.family == .route {
            var cursor = MessageCursor()
            var number = 0
            do throws(NetlinkError) {
                while let message = try cursor.next(unsafe datagram.bytes.span.bytes) {
                    number += 1
                    guard let kind = RouteMessageKind(messageType: message.type) else { continue }
                    messages.append(
                        MessageInput(
                            id: "\(place + 1).\(number)", kind: kind, bytes: Array(datagram.bytes[message.body])))
                }
            } catch {
                // What the capture itself cut off is its limit's doing, and no fault of the message.
                if datagram.isTruncated { continue }
                throw CommandFailure(
                    .failed, operation, on: "\(file) datagram \(place + 1)", message: "\(error)")
            }
        }
        return messages
    }

    static func bytes(of text: String, _ subject: String) throws -> [UInt8] {
        let digits = text.compactMap { $0.hexDigitValue }
        guard digits.count == text.count, digits.count % 2 == 0 else {
            throw CommandFailure(
                .failed, operation, on: subject, message: "it is no even number of hexadecimal digits")
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
