internal import CKernel

/// What a generic netlink family takes, by its own word (CTRL_CMD_GETPOLICY, Linux 5.7; by operation since 5.10).
public struct GenericPolicy: Hashable, Sendable {
    /// The numbers of an operation's policies; nil where it takes any attribute, or cannot be asked so.
    public struct Operation: Hashable, Sendable {
        /// CTRL_ATTR_POLICY_DO.
        public var `do`: UInt32?
        /// CTRL_ATTR_POLICY_DUMP.
        public var dump: UInt32?
        public init(do: UInt32? = nil, dump: UInt32? = nil) {
            self.do = `do`
            self.dump = dump
        }
    }

    /// By command; 0 stands for every command that is not named.
    public private(set) var operations: [UInt32: Operation] = [:]
    /// Policies by their numbers, each by the attribute's. An attribute that is not in its policy is refused.
    public private(set) var policies: [UInt32: [Int: AttributePolicy]] = [:]

    public init() {}

    /// What an attribute of a command may be; nil where the kernel says nothing of it.
    public func policy(of attribute: some BinaryInteger, command: UInt32, dump: Bool = false) -> AttributePolicy? {
        guard let operation = operations[command] ?? operations[0],
            let number = dump ? operation.dump : operation.do
        else { return nil }
        return policies[number]?[Int(attribute)]
    }

    /// Joins one message of the dump to what came before.
    public mutating func merge(_ attributes: AttributeSet) {
        for (command, policy) in attributes.nested(CTRL_ATTR_OP_POLICY)?.entries ?? [] {
            operations[UInt32(command)] = Operation(
                do: policy[CTRL_ATTR_POLICY_DO], dump: policy[CTRL_ATTR_POLICY_DUMP])
        }
        for (number, entries) in attributes.nested(CTRL_ATTR_POLICY)?.entries ?? [] {
            for (type, policy) in entries.entries {
                policies[UInt32(number), default: [:]][type] = AttributePolicy(policy)
            }
        }
    }
}

/// What the kernel takes for one attribute (NL_POLICY_TYPE_ATTR_*, linux/netlink.h).
public struct AttributePolicy: Hashable, Sendable {
    /// NL_ATTR_TYPE_*: a number that newer kernels may extend.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        init(_ type: netlink_attribute_type) { rawValue = type.rawValue }

        public static let flag = Kind(NL_ATTR_TYPE_FLAG)
        public static let u8 = Kind(NL_ATTR_TYPE_U8)
        public static let u16 = Kind(NL_ATTR_TYPE_U16)
        public static let u32 = Kind(NL_ATTR_TYPE_U32)
        public static let u64 = Kind(NL_ATTR_TYPE_U64)
        public static let s8 = Kind(NL_ATTR_TYPE_S8)
        public static let s16 = Kind(NL_ATTR_TYPE_S16)
        public static let s32 = Kind(NL_ATTR_TYPE_S32)
        public static let s64 = Kind(NL_ATTR_TYPE_S64)
        public static let binary = Kind(NL_ATTR_TYPE_BINARY)
        public static let string = Kind(NL_ATTR_TYPE_STRING)
        public static let terminatedString = Kind(NL_ATTR_TYPE_NUL_STRING)
        public static let nested = Kind(NL_ATTR_TYPE_NESTED)
        public static let nestedArray = Kind(NL_ATTR_TYPE_NESTED_ARRAY)
        public static let bitfield32 = Kind(NL_ATTR_TYPE_BITFIELD32)

        /// The header's name without its prefix: `NUL_STRING`.
        public var description: String {
            let names: [Kind: String] = [
                .flag: "FLAG", .u8: "U8", .u16: "U16", .u32: "U32", .u64: "U64", .s8: "S8", .s16: "S16", .s32: "S32",
                .s64: "S64", .binary: "BINARY", .string: "STRING", .terminatedString: "NUL_STRING", .nested: "NESTED",
                .nestedArray: "NESTED_ARRAY", .bitfield32: "BITFIELD32",
            ]
            return names[self] ?? "\(rawValue)"
        }
    }

    public let kind: Kind
    /// The least and the largest value of an unsigned integer; nil where the kernel gives none.
    public let unsignedRange: ClosedRange<UInt64>?
    /// The least and the largest value of a signed integer.
    public let signedRange: ClosedRange<Int64>?
    /// In bytes, of strings and binaries.
    public let minimumLength: UInt32?
    /// In bytes; a NUL_STRING's does not count its NUL.
    public let maximumLength: UInt32?
    /// The number of the policy for what is inside a nested one.
    public let nestedPolicy: UInt32?
    /// The largest attribute number inside a nested one.
    public let largestNested: UInt32?
    /// The bits that an unsigned integer may have.
    public let mask: UInt64?
    /// The bits that a bitfield may have.
    public let bitfieldMask: UInt32?

    /// From the nested attributes of one entry.
    public init(_ attributes: AttributeSet) {
        func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: netlink_policy_type_attr) -> Value? {
            attributes[type.rawValue, as: Value.self]
        }
        kind = Kind(rawValue: integer(NL_POLICY_TYPE_ATTR_TYPE) ?? 0)
        if let low: UInt64 = integer(NL_POLICY_TYPE_ATTR_MIN_VALUE_U),
            let high: UInt64 = integer(NL_POLICY_TYPE_ATTR_MAX_VALUE_U), low <= high
        {
            unsignedRange = low...high
        } else {
            unsignedRange = nil
        }
        if let low: Int64 = integer(NL_POLICY_TYPE_ATTR_MIN_VALUE_S),
            let high: Int64 = integer(NL_POLICY_TYPE_ATTR_MAX_VALUE_S), low <= high
        {
            signedRange = low...high
        } else {
            signedRange = nil
        }
        minimumLength = integer(NL_POLICY_TYPE_ATTR_MIN_LENGTH)
        maximumLength = integer(NL_POLICY_TYPE_ATTR_MAX_LENGTH)
        nestedPolicy = integer(NL_POLICY_TYPE_ATTR_POLICY_IDX)
        largestNested = integer(NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE)
        mask = integer(NL_POLICY_TYPE_ATTR_MASK)
        bitfieldMask = integer(NL_POLICY_TYPE_ATTR_BITFIELD32_MASK)
    }
}
