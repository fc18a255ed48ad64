internal import CKernel
internal import Kernel

/// A request as it was captured, and the datagrams that answered it.
struct RecordedExchange: Sendable {
    /// Of which two requests are the same request: all bytes but sequence numbers and port ids.
    struct Key: Hashable, Sendable {
        let family: NetlinkSocket.Family
        let bytes: [UInt8]
    }

    let key: Key
    /// Which request of its family it was, from 1.
    let ordinal: Int
    /// Whether the answers are ends alone. A change in rtnetlink: what else carries its sequence number is the notification of it, which
    /// goes to all who listen. With NLM_F_ECHO the asker wants that too.
    private let hasEndsAlone: Bool
    /// Of the request's messages, in their order.
    let sequences: [UInt32]
    /// The port id that asked: the request's own, or that of its first answer (iproute2 leaves the request's 0).
    private(set) var port: UInt32
    private(set) var answers: [[UInt8]] = []
    /// Those of `sequences` whose end is still to come.
    private var open: Set<UInt32>
    private var isCut = false

    /// Whether every answer that the request asks for is there: an end for each message that wants an acknowledgement or dumps.
    var isWhole: Bool { open.isEmpty && !isCut }

    /// Nil where `datagram` is no request, or its framing is broken: such a one is never asked again by us.
    init?(_ datagram: NetlinkCapture.Datagram, ordinal: Int) {
        guard datagram.direction == .toKernel, !datagram.isTruncated,
            let request = MaskedRequest(datagram.bytes)
        else { return nil }
        key = Key(family: datagram.family, bytes: request.bytes)
        self.ordinal = ordinal
        sequences = request.sequences
        port = request.port
        open = request.wantingEnd
        hasEndsAlone = datagram.family == .route && request.isRouteChange
    }

    /// Takes `datagram` where it answers this request; false where it does not.
    mutating func take(_ datagram: NetlinkCapture.Datagram) -> Bool {
        guard datagram.direction == .toUser, datagram.family == key.family else { return false }
        // SAFETY: the span is of the array, which lives through the call; any byte is a byte.
        let bytes = unsafe datagram.bytes.span.bytes
        // Cut datagrams too begin with a header.
        var cursor = MessageHeaderCursor()
        guard let first = cursor.next(bytes), first.sequence != 0, sequences.contains(first.sequence),
            port == 0 || first.port == port, first.port != 0,
            !hasEndsAlone || first.type == UInt16(NLMSG_DONE) || first.type == UInt16(NLMSG_ERROR)
        else { return false }
        port = first.port
        answers.append(datagram.bytes)
        isCut = isCut || datagram.isTruncated
        var header: MessageHeaderCursor.Header? = first
        while let message = header {
            if message.type == UInt16(NLMSG_DONE) || message.type == UInt16(NLMSG_ERROR) {
                open.remove(message.sequence)
            }
            header = cursor.next(bytes)
        }
        return true
    }

    /// The answers for somebody else's request of the same key: with its sequence numbers and port id for the recorded ones.
    func answers(to sequences: [UInt32], port newPort: UInt32) -> [[UInt8]] {
        let numbers = Dictionary(zip(self.sequences, sequences)) { first, _ in first }
        return answers.map { answer in
            var answer = answer
            var cursor = MessageHeaderCursor()
            while true {
                // SAFETY: the span is of the array, which is not changed while it lives.
                guard let header = unsafe cursor.next(answer.span.bytes) else { return answer }
                readdress(&answer, at: header.offset, numbers, newPort)
                // NLMSG_ERROR holds an errno and then the request's header.
                if header.type == UInt16(NLMSG_ERROR),
                    header.end - header.offset >= 2 * NetlinkMessage.headerSize + 4
                {
                    readdress(&answer, at: header.offset + NetlinkMessage.headerSize + 4, numbers, newPort)
                }
            }
        }
    }

    /// Changes the sequence number and the port id of the header at `offset`, where they are the recorded request's.
    private func readdress(_ bytes: inout [UInt8], at offset: Int, _ numbers: [UInt32: UInt32], _ newPort: UInt32) {
        var cursor = ByteCursor(at: offset + 8)
        // SAFETY: the span is of the array, which is not changed while it lives.
        guard let sequence: UInt32 = unsafe cursor.load(bytes.span.bytes),
            let recordedPort: UInt32 = unsafe cursor.load(bytes.span.bytes)
        else { return }
        if let number = numbers[sequence] { bytes.overwrite(at: offset + 8, with: number) }
        if recordedPort == port, port != 0 { bytes.overwrite(at: offset + 12, with: newPort) }
    }
}

/// A request's bytes without what differs each time it is sent.
struct MaskedRequest: Sendable {
    /// Sequence numbers and port ids are zero.
    private(set) var bytes: [UInt8]
    private(set) var sequences: [UInt32] = []
    /// Of the first message.
    private(set) var port: UInt32 = 0
    /// The sequence numbers whose answer has an end: a dump, or an acknowledgement that was asked for.
    private(set) var wantingEnd: Set<UInt32> = []
    /// Of the first message, for words about it.
    private var type: UInt16 = 0
    private var flags = NetlinkFlags()

    /// Nil where the messages do not fill the datagram, or the first is no request.
    init?(_ datagram: [UInt8]) {
        bytes = datagram
        var cursor = MessageCursor()
        do throws(NetlinkError) {
            // SAFETY: the span is of the array, which is a constant.
            while let message = try unsafe cursor.next(datagram.span.bytes) {
                if sequences.isEmpty {
                    (port, type, flags) = (message.port, message.type, message.flags)
                }
                sequences.append(message.sequence)
                if message.flags.contains(.acknowledge) || message.flags.contains(.dump) {
                    wantingEnd.insert(message.sequence)
                }
                bytes.overwrite(at: message.offset + 8, with: UInt32(0))
                bytes.overwrite(at: message.offset + 12, with: UInt32(0))
            }
        } catch {
            return nil
        }
        guard !sequences.isEmpty, flags.contains(.request) else { return nil }
    }

    /// Of rtnetlink: RTM_NEW*, RTM_DEL* or RTM_SET* of any object, without NLM_F_ECHO. RTM_GET* are the third of each four types.
    var isRouteChange: Bool {
        type >= UInt16(RTM_BASE) && (type - UInt16(RTM_BASE)) % 4 != 2 && flags.rawValue & UInt16(NLM_F_ECHO) == 0
    }

    /// For errors: what numbers can tell of it.
    func words(_ family: NetlinkSocket.Family) -> String {
        let hex = bytes.dropFirst(NetlinkMessage.headerSize).prefix(32).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let more = bytes.count > NetlinkMessage.headerSize + 32 ? "…" : ""
        return "the request of type \(type), flags 0x\(String(flags.rawValue, radix: 16)), body \(hex)\(more) "
            + "of netlink family \(family.rawValue)"
    }
}

/// Walks message headers as far as they go, of datagrams that may be cut: it says nothing of what is wrong.
struct MessageHeaderCursor {
    struct Header {
        let type: UInt16
        let sequence: UInt32
        let port: UInt32
        let offset: Int
        /// Of the message, within the bytes that there are.
        let end: Int
    }
    private var offset = 0

    mutating func next(_ bytes: borrowing RawSpan) -> Header? {
        var cursor = ByteCursor(at: offset)
        guard let length: UInt32 = cursor.load(bytes), let type: UInt16 = cursor.load(bytes),
            cursor.skip(2, in: bytes), let sequence: UInt32 = cursor.load(bytes), let port: UInt32 = cursor.load(bytes),
            length >= NetlinkMessage.headerSize
        else { return nil }
        let end = min(bytes.byteCount, offset + Int(length))
        defer { offset = min(bytes.byteCount, offset + aligned(Int(length))) }
        return Header(type: type, sequence: sequence, port: port, offset: offset, end: end)
    }
}

extension [UInt8] {
    /// Writes `value` in the machine's order at `offset`, where it fits.
    mutating func overwrite(at offset: Int, with value: UInt32) {
        guard offset >= 0, offset <= count - 4 else { return }
        for position in 0..<4 {
            self[offset + position] = UInt8(truncatingIfNeeded: value.littleEndianBits >> (position * 8))
        }
    }
}

extension UInt32 {
    /// Its bytes in the machine's order, the first one lowest.
    fileprivate var littleEndianBits: UInt32 { littleEndian }
}
