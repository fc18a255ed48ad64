internal import CKernel
public import Kernel

/// A segment routing header to put in: struct seg6_iptunnel_encap and struct ipv6_sr_hdr (linux/seg6_iptunnel.h, linux/seg6.h).
public struct SegmentRouting: Hashable, Sendable {
    /// SEG6_IPTUN_MODE_*.
    public struct Mode: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        init(_ number: some BinaryInteger) { rawValue = Int32(truncatingIfNeeded: number) }
        /// Into the packet's own header.
        public static let inline = Mode(SEG6_IPTUN_MODE_INLINE)
        /// With a header of its own around the packet.
        public static let encapsulate = Mode(SEG6_IPTUN_MODE_ENCAP)
        public static let layer2 = Mode(SEG6_IPTUN_MODE_L2ENCAP)
        /// The first segment is the destination and not in the list.
        public static let reduced = Mode(SEG6_IPTUN_MODE_ENCAP_RED)
        public static let layer2Reduced = Mode(SEG6_IPTUN_MODE_L2ENCAP_RED)
    }

    public var mode: Mode
    /// In the order of travel; inserted inline, the last is `::`, for the kernel to put the packet's own destination in.
    public var segments: [IPv6Address]
    /// The header's flags: 0x08 says that an HMAC follows (SR6_FLAG1_HMAC).
    public var flags: UInt8 = 0
    public var tag: UInt16 = 0
    /// TLVs after the segments (an HMAC), as they came.
    public var trailer: [UInt8]

    public init(_ segments: [IPv6Address], mode: Mode = .encapsulate) {
        self.mode = mode
        self.segments = segments
        trailer = []
    }

    /// The key that the kernel is to sign with: the HMAC's number, RFC 8754, section 2.1.2. Setting it replaces the TLVs.
    public var keyID: UInt32? {
        get {
            // Type, length, two reserved bytes, the number, then 32 bytes of the code.
            guard flags & Self.signedFlag != 0, trailer.count >= 8, Int32(trailer[0]) == Self.hmacType else {
                return nil
            }
            return trailer[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
        }
        set {
            flags = newValue == nil ? flags & ~Self.signedFlag : flags | Self.signedFlag
            trailer = []
            guard let newValue else { return }
            trailer = [UInt8(clamping: Self.hmacType), 38, 0, 0]
            trailer += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: newValue >> $0) }
            trailer += [UInt8](repeating: 0, count: 32)
        }
    }
    private static let hmacType = SR6_TLV_HMAC
    private static let signedFlag = UInt8(clamping: SR6_FLAG1_HMAC)

    private static let headerSize = 4 + MemoryLayout<ipv6_sr_hdr>.size

    /// Nil where the lengths do not agree.
    init?(_ bytes: [UInt8]) {
        var cursor = ByteCursor()
        let span = unsafe bytes.span.bytes
        guard let mode: Int32 = cursor.load(span), let next: UInt32 = cursor.load(span),
            let count: UInt8 = cursor.load(span), let flags: UInt8 = cursor.load(span),
            let tag: UInt16 = cursor.loadBigEndian(span)
        else { return nil }
        _ = next
        self.init([], mode: Mode(rawValue: mode))
        self.flags = flags
        self.tag = tag
        // first_segment is the number of the last entry; the list is in reverse.
        for _ in 0...Int(count) {
            guard let high: UInt64 = cursor.loadBigEndian(span), let low: UInt64 = cursor.loadBigEndian(span) else {
                return nil
            }
            segments.insert(IPv6Address(high: high, low: low), at: 0)
        }
        trailer = Array(bytes.dropFirst(cursor.offset))
    }

    /// Of struct ipv6_sr_hdr alone, as SEG6_LOCAL_SRH has it.
    package init?(header: [UInt8]) { self.init([0, 0, 0, 0] + header) }
    /// struct ipv6_sr_hdr alone.
    package var header: [UInt8] { Array(bytes.dropFirst(4)) }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        for shift in [0, 8, 16, 24] {
            let order = UInt16(1).littleEndian == 1 ? shift : 24 - shift
            result.append(UInt8(truncatingIfNeeded: mode.rawValue >> order))
        }
        let last = UInt8(clamping: segments.count - 1)
        let length = UInt8(clamping: (segments.count * 16 + trailer.count) / 8)
        // nexthdr, hdrlen in units of eight bytes without the first, the routing header's type, segments left, the last entry,
        // flags, tag.
        result += [0, length, UInt8(IPV6_SRCRT_TYPE_4), last, last, flags]
        result += [UInt8(tag >> 8), UInt8(truncatingIfNeeded: tag)]
        for segment in segments.reversed() { result += segment.bytes }
        return result + trailer
    }
}
