internal import Kernel

extension NetlinkCapture {
    /// Reads a pcap file of which nothing is believed: either byte order, times in micro- or nanoseconds.
    ///
    /// Throws `.malformed(.capture(…))` with the offset in the file. The count of datagrams is bounded by the file's size.
    public init(pcap file: [UInt8]) throws(NetlinkError) {
        // SAFETY: the span is of the array, which lives through the call; any byte is a byte.
        let bytes = unsafe file.span.bytes
        var reader = try PcapReader(bytes)
        self.init()
        while let datagram = try reader.next(bytes) { datagrams.append(datagram) }
        isForeignByteOrder = reader.isSwapped
    }
}

/// Goes through the records of a pcap file.
struct PcapReader {
    private var cursor = ByteCursor()
    /// The file's numbers are in the other byte order.
    private(set) var isSwapped = false
    private var nanosecondsPerUnit: Int64 = 1

    /// Takes the file's header.
    init(_ bytes: borrowing RawSpan) throws(NetlinkError) {
        let magic: UInt32 = try number(bytes)
        switch (magic, magic.byteSwapped) {
        case (PcapFormat.nanoseconds, _): break
        case (PcapFormat.microseconds, _): nanosecondsPerUnit = 1000
        case (_, PcapFormat.nanoseconds): isSwapped = true
        case (_, PcapFormat.microseconds): (isSwapped, nanosecondsPerUnit) = (true, 1000)
        case (PcapFormat.pcapng, _): throw Self.failure(.pcapng, at: 0)
        default: throw Self.failure(.notPcap(magic), at: 0)
        }
        let version: (major: UInt16, minor: UInt16) = (try number(bytes), try number(bytes))
        guard version == PcapFormat.version else {
            throw Self.failure(.version(major: version.major, minor: version.minor), at: 4)
        }
        // Zone, accuracy, snapshot length: nothing that we need, and not all writers fill them in.
        for _ in 0..<3 { _ = try number(bytes, as: UInt32.self) }
        let linkType = try number(bytes, as: UInt32.self) & PcapFormat.linkTypeMask
        guard linkType == PcapFormat.linkType else { throw Self.failure(.linkType(linkType), at: 20) }
    }

    /// The next record; nil where the file ends between two.
    mutating func next(_ bytes: borrowing RawSpan) throws(NetlinkError) -> NetlinkCapture.Datagram? {
        if cursor.remaining(in: bytes) == 0 { return nil }
        let start = cursor.offset
        let seconds: UInt32 = try number(bytes)
        let fraction: UInt32 = try number(bytes)
        let length = Int(try number(bytes, as: UInt32.self))
        let wireLength = Int(try number(bytes, as: UInt32.self))
        guard length >= PcapFormat.cookedHeaderSize else { throw Self.failure(.recordTooShort(length), at: start) }
        let count = length - PcapFormat.cookedHeaderSize
        guard count <= PcapFormat.largestDatagram else { throw Self.failure(.recordTooLarge(length), at: start) }
        let record = cursor.offset
        guard let packetType: UInt16 = cursor.loadBigEndian(bytes),
            let deviceType: UInt16 = cursor.loadBigEndian(bytes), cursor.skip(10, in: bytes),
            let family: UInt16 = cursor.loadBigEndian(bytes), let body = cursor.take(count, of: bytes)
        else { throw Self.failure(.truncated, at: cursor.offset) }
        guard deviceType == PcapFormat.deviceType else { throw Self.failure(.deviceType(deviceType), at: record + 2) }
        return NetlinkCapture.Datagram(
            // At most 2^32 seconds and 2^32 thousands: far below an Int64.
            time: Int64(seconds) * 1_000_000_000 + Int64(fraction) * nanosecondsPerUnit,
            direction: Self.direction(packetType, body, isSwapped: isSwapped),
            family: NetlinkSocket.Family(rawValue: Int32(family)), bytes: body,
            byteCount: wireLength - PcapFormat.cookedHeaderSize)
    }

    /// As nlmon gives it; where a writer put another number, requests are known by their flag.
    private static func direction(
        _ packetType: UInt16, _ body: [UInt8], isSwapped: Bool
    ) -> NetlinkCapture.Direction {
        switch packetType {
        case PcapFormat.toKernel: return .toKernel
        case PcapFormat.toUser: return .toUser
        default:
            var cursor = ByteCursor(at: 6)
            // SAFETY: the span is of the array, which lives through the call; any byte is a byte.
            guard let flags: UInt16 = unsafe cursor.load(body.span.bytes) else { return .toUser }
            return NetlinkFlags(rawValue: isSwapped ? flags.byteSwapped : flags).contains(.request)
                ? .toKernel : .toUser
        }
    }

    private mutating func number<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) throws(NetlinkError) -> Value {
        guard let value: Value = cursor.load(bytes) else { throw Self.failure(.truncated, at: cursor.offset) }
        return isSwapped ? value.byteSwapped : value
    }

    private static func failure(_ defect: CaptureDefect, at offset: Int) -> NetlinkError {
        NetlinkError(.malformed(.capture(defect)), operation: "read capture", offset: offset)
    }
}
