internal import CKernel

/// IFF_* (net/if.h, linux/if.h).
public struct LinkFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ flag: some BinaryInteger) { rawValue = UInt32(truncatingIfNeeded: flag) }

    /// IFF_UP: set up by someone.
    public static let up = LinkFlags(IFF_UP)
    /// IFF_BROADCAST.
    public static let broadcast = LinkFlags(IFF_BROADCAST)
    /// IFF_DEBUG.
    public static let debug = LinkFlags(IFF_DEBUG)
    /// IFF_LOOPBACK.
    public static let loopback = LinkFlags(IFF_LOOPBACK)
    /// IFF_POINTOPOINT.
    public static let pointToPoint = LinkFlags(IFF_POINTOPOINT)
    /// IFF_NOTRAILERS.
    public static let noTrailers = LinkFlags(IFF_NOTRAILERS)
    /// IFF_RUNNING: operational.
    public static let running = LinkFlags(IFF_RUNNING)
    /// IFF_NOARP.
    public static let noARP = LinkFlags(IFF_NOARP)
    /// IFF_PROMISC: set by someone; a port of a bridge is promiscuous without it (``Link/promiscuity``).
    public static let promiscuous = LinkFlags(IFF_PROMISC)
    /// IFF_ALLMULTI.
    public static let allMulticast = LinkFlags(IFF_ALLMULTI)
    /// IFF_MASTER: a bond.
    public static let master = LinkFlags(IFF_MASTER)
    /// IFF_SLAVE: a port of a bond.
    public static let slave = LinkFlags(IFF_SLAVE)
    /// IFF_MULTICAST.
    public static let multicast = LinkFlags(IFF_MULTICAST)
    /// IFF_PORTSEL.
    public static let portSelection = LinkFlags(IFF_PORTSEL)
    /// IFF_AUTOMEDIA.
    public static let autoMedia = LinkFlags(IFF_AUTOMEDIA)
    /// IFF_DYNAMIC.
    public static let dynamic = LinkFlags(IFF_DYNAMIC)
    /// IFF_LOWER_UP: the layer below is up (L1).
    public static let lowerUp = LinkFlags(IFF_LOWER_UP.rawValue)
    /// IFF_DORMANT.
    public static let dormant = LinkFlags(IFF_DORMANT.rawValue)
    /// IFF_ECHO: a CAN device that echoes what it sends.
    public static let echo = LinkFlags(IFF_ECHO.rawValue)
}
