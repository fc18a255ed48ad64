internal import CKernel
public import Netlink

/// A part of what ethtool knows of a link: one command of linux/ethtool_netlink.h, and the attributes of its answer.
///
/// The attributes are the value: what we have no name for stays in them. A part that is made empty and has some of its fields set
/// is a change, for ``EthtoolConnection/set(_:of:until:)``.
public protocol EthtoolPart: Hashable, Sendable {
    /// How the kernel is asked for it.
    static var command: EthtoolCommand { get }
    /// ETHTOOL_A_…, without the header that names the link.
    var attributes: AttributeSet { get set }
    /// With nothing in it.
    init()
}

extension EthtoolPart {
    /// From the attributes of an answer, or of a change.
    public init(_ attributes: AttributeSet) {
        self.init()
        self.attributes = attributes
    }
}

/// A part that can be changed.
public protocol EthtoolSettings: EthtoolPart {}

/// The numbers of a command (ETHTOOL_MSG_*, linux/ethtool_netlink.h).
public struct EthtoolCommand: Hashable, Sendable {
    /// For errors: `link modes`.
    public let name: String
    /// ETHTOOL_MSG_…_GET.
    let get: Int
    /// ETHTOOL_MSG_…_SET.
    let set: Int?
    /// What the kernel takes of the attributes in a change: what else an answer has (maxima, states) is left out of it.
    let settable: Set<Int>
    /// ETHTOOL_A_…_HEADER.
    let header: Int
    /// ETHTOOL_FLAG_* beside that of the bitsets' form.
    let flags: Int
    /// What the request has beside its header.
    let request: AttributeSet
    /// Names of its bits are the device's own: only the long form of a bitset brings them.
    let namesItsBits: Bool

    init(
        _ name: String, get: some BinaryInteger, set: (any BinaryInteger)? = nil, settable: [Int] = [],
        header: Int = 1, flags: Int = 0, request: AttributeSet = AttributeSet(), namesItsBits: Bool = false
    ) {
        self.name = name
        self.get = Int(get)
        self.set = set.map { Int($0) }
        self.settable = Set(settable)
        self.header = header
        self.flags = flags
        self.request = request
        self.namesItsBits = namesItsBits
    }
}

/// What one link answered.
public struct EthtoolAnswer<Part: EthtoolPart>: Hashable, Sendable {
    /// ETHTOOL_A_HEADER_DEV_INDEX.
    public let linkIndex: Int32
    /// ETHTOOL_A_HEADER_DEV_NAME.
    public let linkName: String
    public let part: Part

    init(_ attributes: AttributeSet) {
        let header = attributes.nested(Part.command.header) ?? AttributeSet()
        linkIndex = header[ETHTOOL_A_HEADER_DEV_INDEX] ?? 0
        linkName = header[text: ETHTOOL_A_HEADER_DEV_NAME] ?? ""
        var rest = attributes
        rest.remove(Part.command.header)
        part = Part(rest)
    }
}

extension AttributeSet {
    /// A 32-bit number, of the parts whose numbers all are.
    subscript(number type: some BinaryInteger) -> UInt32? {
        get { self[type, as: UInt32.self] }
        set { self[type, as: UInt32.self] = newValue }
    }
}
