internal import CKernel
public import Kernel
public import Netlink

/// Room for what the nodes of a path report about a packet: IOAM6_IPTUNNEL_* attributes with struct ioam6_trace_hdr
/// (linux/ioam6_iptunnel.h, linux/ioam6.h; RFC 9197, section 4.4).
public struct RouteTelemetry: Hashable, Sendable {
    /// IOAM6_IPTUNNEL_*, as they came or as they will be sent.
    public var attributes: AttributeSet

    /// IOAM6_IPTUNNEL_MODE_*.
    public struct Mode: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        init(_ number: some BinaryInteger) { rawValue = UInt8(truncatingIfNeeded: number) }
        /// Into the packet's own header.
        public static let inline = Mode(IOAM6_IPTUNNEL_MODE_INLINE)
        /// With a header of its own around the packet.
        public static let encapsulate = Mode(IOAM6_IPTUNNEL_MODE_ENCAP)
        /// The first for packets of this node, the second for those that it forwards.
        public static let automatic = Mode(IOAM6_IPTUNNEL_MODE_AUTO)
    }

    /// A trace with room for `size` bytes, a multiple of four up to 244, of what the 24 bits of `type` ask for.
    public init(mode: Mode = .inline, type: UInt32, namespace: UInt16, size: Int) {
        attributes = AttributeSet()
        self.mode = mode
        var bytes = [UInt8(truncatingIfNeeded: namespace >> 8), UInt8(truncatingIfNeeded: namespace), 0]
        bytes.append(UInt8(clamping: size / 4) & 0x7f)
        bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: type >> $0) } + [0]
        attributes[bytes: IOAM6_IPTUNNEL_TRACE] = bytes
    }

    /// Nil without a whole trace header.
    init?(attributes: AttributeSet) {
        self.attributes = attributes
        if trace == nil { return nil }
    }

    private var trace: [UInt8]? {
        guard let bytes = attributes.payload(IOAM6_IPTUNNEL_TRACE), bytes.count >= 8 else { return nil }
        return bytes
    }

    /// IOAM6_IPTUNNEL_MODE; the kernel takes what says none for ``Mode/inline``.
    public var mode: Mode {
        get { attributes[IOAM6_IPTUNNEL_MODE, as: UInt8.self].map { Mode(rawValue: $0) } ?? .inline }
        set { attributes[IOAM6_IPTUNNEL_MODE] = newValue.rawValue }
    }
    /// IOAM6_IPTUNNEL_DST: the outer header's destination.
    public var destination: IPv6Address? {
        get { attributes[ipv6: IOAM6_IPTUNNEL_DST] }
        set { attributes[address: IOAM6_IPTUNNEL_DST] = newValue.map { .v6($0) } }
    }
    /// Into how many of how many packets it is put; nil is all (IOAM6_IPTUNNEL_FREQ_K and _N).
    public var frequency: Frequency? {
        get {
            guard let packets: UInt32 = attributes[IOAM6_IPTUNNEL_FREQ_K],
                let all: UInt32 = attributes[IOAM6_IPTUNNEL_FREQ_N]
            else { return nil }
            return Frequency(packets: packets, outOf: all)
        }
        set {
            attributes[IOAM6_IPTUNNEL_FREQ_K] = newValue?.packets
            attributes[IOAM6_IPTUNNEL_FREQ_N] = newValue?.outOf
        }
    }

    public struct Frequency: Hashable, Sendable {
        public let packets: UInt32
        public let outOf: UInt32
        public init(packets: UInt32, outOf: UInt32) {
            self.packets = packets
            self.outOf = outOf
        }
    }

    /// What each node is to report: 24 bits.
    public var type: UInt32 { trace.map { UInt32($0[4]) << 16 | UInt32($0[5]) << 8 | UInt32($0[6]) } ?? 0 }
    /// Of IOAM, not of the network.
    public var namespace: UInt16 { trace.map { UInt16($0[0]) << 8 | UInt16($0[1]) } ?? 0 }
    /// Bytes of room for reports.
    public var size: Int { trace.map { Int($0[3] & 0x7f) * 4 } ?? 0 }
}
