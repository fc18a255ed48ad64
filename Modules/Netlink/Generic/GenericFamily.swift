internal import CKernel
internal import Kernel

/// A generic netlink family, as the kernel's controller tells of it (CTRL_CMD_NEWFAMILY, linux/genetlink.h).
public struct GenericFamily: Hashable, Sendable {
    /// What the family does at a request.
    public struct Operation: Hashable, Sendable {
        /// The number of the command (CTRL_ATTR_OP_ID).
        public let command: UInt32
        /// CTRL_ATTR_OP_FLAGS.
        public let flags: OperationFlags

        public init(command: UInt32, flags: OperationFlags) {
            self.command = command
            self.flags = flags
        }
    }

    /// GENL_ADMIN_PERM and GENL_CMD_CAP_*.
    public struct OperationFlags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// GENL_ADMIN_PERM: it takes CAP_NET_ADMIN in the initial user namespace.
        public static let takesAdministrator = OperationFlags(rawValue: UInt32(GENL_ADMIN_PERM))
        /// GENL_CMD_CAP_DO: it can be asked of one object.
        public static let canDo = OperationFlags(rawValue: UInt32(GENL_CMD_CAP_DO))
        /// GENL_CMD_CAP_DUMP: it can be asked of all.
        public static let canDump = OperationFlags(rawValue: UInt32(GENL_CMD_CAP_DUMP))
        /// GENL_CMD_CAP_HASPOL: the kernel checks its attributes.
        public static let hasPolicy = OperationFlags(rawValue: UInt32(GENL_CMD_CAP_HASPOL))
        /// GENL_UNS_ADMIN_PERM: it takes CAP_NET_ADMIN in the user namespace that owns the network namespace.
        public static let takesNamespaceAdministrator = OperationFlags(rawValue: UInt32(GENL_UNS_ADMIN_PERM))
    }

    /// Where the family sends notifications.
    public struct Group: Hashable, Sendable {
        /// CTRL_ATTR_MCAST_GRP_NAME: `monitor`.
        public let name: String
        /// CTRL_ATTR_MCAST_GRP_ID: what a socket joins.
        public let identifier: UInt32

        public init(name: String, identifier: UInt32) {
            self.name = name
            self.identifier = identifier
        }
    }

    /// CTRL_ATTR_FAMILY_ID: the type of its messages, for as long as the family is registered.
    public let identifier: UInt16
    /// CTRL_ATTR_FAMILY_NAME: `ethtool`.
    public let name: String
    /// CTRL_ATTR_VERSION.
    public let version: UInt32
    /// CTRL_ATTR_HDRSIZE: bytes of a header of its own between genlmsghdr and the attributes.
    public let headerSize: UInt32
    /// CTRL_ATTR_MAXATTR; 0 where each operation has its own.
    public let largestAttribute: UInt32
    /// In the kernel's order.
    public let operations: [Operation]
    /// In the kernel's order.
    public let groups: [Group]

    /// From the attributes of a CTRL_CMD_NEWFAMILY; throws where it has no id or no name.
    public init(_ attributes: AttributeSet) throws(NetlinkError) {
        guard let identifier = attributes[CTRL_ATTR_FAMILY_ID, as: UInt16.self],
            let name = attributes[text: CTRL_ATTR_FAMILY_NAME]
        else { throw NetlinkError(.malformed(.tooShort(attributes.bytes.count)), operation: "decode") }
        self.identifier = identifier
        self.name = name
        version = attributes[CTRL_ATTR_VERSION] ?? 0
        headerSize = attributes[CTRL_ATTR_HDRSIZE] ?? 0
        largestAttribute = attributes[CTRL_ATTR_MAXATTR] ?? 0
        operations = attributes.elements(CTRL_ATTR_OPS).compactMap { entry in
            entry[CTRL_ATTR_OP_ID].map {
                Operation(command: $0, flags: OperationFlags(rawValue: entry[CTRL_ATTR_OP_FLAGS] ?? 0))
            }
        }
        groups = attributes.elements(CTRL_ATTR_MCAST_GROUPS).compactMap { entry in
            guard let name = entry[text: CTRL_ATTR_MCAST_GRP_NAME], let id: UInt32 = entry[CTRL_ATTR_MCAST_GRP_ID]
            else { return nil }
            return Group(name: name, identifier: id)
        }
    }

    /// What the family allows with a command; nil where it has none such.
    public func operation(_ command: some BinaryInteger) -> Operation? {
        operations.first { $0.command == UInt32(clamping: command) }
    }

    /// The multicast group of that name; nil where there is none.
    public func group(_ name: String) -> Group? { groups.first { $0.name == name } }

    /// The module that brings a family, by its name. The kernel asks for the alias by itself when a family is looked for; what a
    /// person loads by hand has a shorter name where we know it.
    static func module(of family: String) -> String? {
        switch family {
        case ETHTOOL_GENL_NAME, "nlctrl", "netdev": nil
        case WG_GENL_NAME: "wireguard"
        // MODULE_ALIAS_GENL_FAMILY: net-pf-PF_NETLINK-proto-NETLINK_GENERIC-family-NAME.
        default: "net-pf-\(PF_NETLINK)-proto-\(NETLINK_GENERIC)-family-\(family)"
        }
    }
}

extension AttributeSet {
    /// The entries of a nested array: each of its attributes is nested too, and its number is its place (or nothing at all).
    package func elements(_ type: some BinaryInteger) -> [AttributeSet] {
        nested(type)?.entries.map(\.attributes) ?? []
    }

    /// Each attribute as a nested set, with its number; those that do not parse are left out.
    package var entries: [(type: Int, attributes: AttributeSet)] {
        var result: [(type: Int, attributes: AttributeSet)] = []
        forEach { attribute, bytes in
            if let set = try? AttributeSet(attribute.payload, of: bytes) { result.append((attribute.type, set)) }
        }
        return result
    }
}
