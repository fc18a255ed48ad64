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
    public var header: SegmentRoutingHeader
    /// In the order of travel; inserted inline, the last is `::`, for the kernel to put the packet's own destination in.
    public var segments: [IPv6Address] {
        get { header.segments }
        set { header.segments = newValue }
    }

    public init(_ segments: [IPv6Address], mode: Mode = .encapsulate) {
        self.mode = mode
        header = SegmentRoutingHeader(segments)
    }

    /// Nil where the lengths do not agree.
    init?(_ bytes: [UInt8]) {
        var cursor = ByteCursor()
        guard let mode: Int32 = unsafe cursor.load(bytes.span.bytes),
            let header = SegmentRoutingHeader(Array(bytes.dropFirst(cursor.offset)))
        else { return nil }
        self.mode = Mode(rawValue: mode)
        self.header = header
    }

    var bytes: [UInt8] {
        [0, 8, 16, 24].map { shift in
            let order = UInt16(1).littleEndian == 1 ? shift : 24 - shift
            return UInt8(truncatingIfNeeded: mode.rawValue >> order)
        } + header.bytes
    }
}

/// A segment routing header (RFC 8754): struct ipv6_sr_hdr (linux/seg6.h).
public struct SegmentRoutingHeader: Hashable, Sendable {
    /// In the order of travel, which on the wire is reversed.
    public var segments: [IPv6Address]
    /// SR6_FLAG1_*; 8 is that of an HMAC.
    public var flags: UInt8
    /// Of packets that belong together; 0 is none.
    public var tag: UInt16
    /// TLVs after the segments, as they came.
    public var trailer: [UInt8]

    public init(_ segments: [IPv6Address]) {
        self.segments = segments
        flags = 0
        tag = 0
        trailer = []
    }

    /// SR6_TLV_HMAC: the number of the key with which the kernel signs the header (`ip sr hmac set`); nil is without.
    ///
    /// Setting it takes the place of all other TLVs.
    public var authenticationKey: UInt32? {
        get {
            guard flags & UInt8(SR6_FLAG1_HMAC) != 0, trailer.count >= 8, trailer[0] == UInt8(SR6_TLV_HMAC) else {
                return nil
            }
            return trailer[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
        }
        set {
            guard let newValue else {
                trailer = []
                flags &= ~UInt8(SR6_FLAG1_HMAC)
                return
            }
            flags |= UInt8(SR6_FLAG1_HMAC)
            // struct sr6_tlv_hmac (linux/seg6_hmac.h): type, length, 16 bits of zero, the key, 32 bytes that the kernel fills in.
            trailer = [UInt8(SR6_TLV_HMAC), 38, 0, 0]
            trailer += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: newValue >> $0) }
            trailer += [UInt8](repeating: 0, count: 32)
        }
    }

    /// Nil where the lengths do not agree.
    init?(_ bytes: [UInt8]) {
        var cursor = ByteCursor(at: 4)
        let span = unsafe bytes.span.bytes
        guard let count: UInt8 = cursor.load(span), let flags: UInt8 = cursor.load(span),
            let tag: UInt16 = cursor.loadBigEndian(span)
        else { return nil }
        self.init([] as [IPv6Address])
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

    var bytes: [UInt8] {
        let last = UInt8(clamping: segments.count - 1)
        let length = UInt8(clamping: (segments.count * 16 + trailer.count) / 8)
        // nexthdr, hdrlen in units of eight bytes without the first, the routing header's type, segments left, the last entry.
        var result: [UInt8] = [0, length, UInt8(IPV6_SRCRT_TYPE_4), last, last, flags]
        result += [UInt8(truncatingIfNeeded: tag >> 8), UInt8(truncatingIfNeeded: tag)]
        for segment in segments.reversed() { result += segment.bytes }
        return result + trailer
    }
}
