internal import CKernel

/// What is known of a neighbour's reachability (NUD_*, linux/neighbour.h; RFC 4861, section 7.3.2); none is NUD_NONE.
public struct NeighborState: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    init(_ number: some BinaryInteger) { rawValue = UInt16(truncatingIfNeeded: number) }

    /// Asked for, and no answer yet.
    public static let incomplete = NeighborState(NUD_INCOMPLETE)
    /// Confirmed not long ago.
    public static let reachable = NeighborState(NUD_REACHABLE)
    /// Too long ago: to be confirmed when it is used.
    public static let stale = NeighborState(NUD_STALE)
    /// In use; probes follow unless it is confirmed.
    public static let delay = NeighborState(NUD_DELAY)
    /// Asked whether it is still there.
    public static let probe = NeighborState(NUD_PROBE)
    /// No answer.
    public static let failed = NeighborState(NUD_FAILED)
    /// The link needs no resolution.
    public static let noARP = NeighborState(NUD_NOARP)
    /// Set by someone, for ever.
    public static let permanent = NeighborState(NUD_PERMANENT)
}

/// NTF_* in the low byte and NTF_EXT_*, eight bits up, above it (linux/neighbour.h).
public struct NeighborFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    init(_ number: some BinaryInteger) { rawValue = UInt64(truncatingIfNeeded: number) }
    /// Of ndm_flags and NDA_FLAGS_EXT.
    init(flags: UInt8, extended: UInt32) { rawValue = UInt64(extended) << 8 | UInt64(flags) }

    var flags: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    var extended: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 8) }

    /// NTF_USE, of a request: resolve it, as if it were in use.
    public static let use = NeighborFlags(NTF_USE)
    /// NTF_SELF, of a forwarding database: the device's own.
    public static let own = NeighborFlags(NTF_SELF)
    /// NTF_MASTER: the bridge's that the device is a port of.
    public static let master = NeighborFlags(NTF_MASTER)
    /// NTF_PROXY: we answer for it.
    public static let proxy = NeighborFlags(NTF_PROXY)
    /// NTF_EXT_LEARNED: a program keeps it (EVPN).
    public static let externallyLearned = NeighborFlags(NTF_EXT_LEARNED)
    /// NTF_OFFLOADED: the hardware has it.
    public static let offloaded = NeighborFlags(NTF_OFFLOADED)
    /// NTF_STICKY: it does not move to another port.
    public static let sticky = NeighborFlags(NTF_STICKY)
    /// NTF_ROUTER.
    public static let router = NeighborFlags(NTF_ROUTER)
    /// NTF_EXT_MANAGED: the kernel keeps it resolved (Linux 5.16).
    public static let managed = NeighborFlags(UInt64(NTF_EXT_MANAGED) << 8)
}
