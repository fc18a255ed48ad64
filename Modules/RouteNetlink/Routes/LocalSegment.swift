internal import CKernel
public import Kernel
public import Netlink

/// What this node does with packets for one of its segments: SEG6_LOCAL_* attributes (linux/seg6_local.h; RFC 8986).
///
/// The attributes are the value, and the properties views of them: each behaviour takes its own, and the kernel refuses what is missing or too much.
public struct LocalSegment: Hashable, Sendable {
    /// SEG6_LOCAL_*, as they came or as they will be sent.
    public var attributes: AttributeSet

    public init(_ behavior: Behavior) {
        attributes = AttributeSet()
        self.behavior = behavior
    }

    init(attributes: AttributeSet) { self.attributes = attributes }

    /// SEG6_LOCAL_ACTION_*.
    public struct Behavior: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        init(_ number: some BinaryInteger) { rawValue = UInt32(truncatingIfNeeded: number) }
        /// End: go on to the next segment.
        public static let end = Behavior(SEG6_LOCAL_ACTION_END)
        /// End.X: go on by the router ``nexthop6``.
        public static let crossConnect = Behavior(SEG6_LOCAL_ACTION_END_X)
        /// End.T: look the next segment up in ``table``.
        public static let lookup = Behavior(SEG6_LOCAL_ACTION_END_T)
        /// End.DX2: take the header off and send the Ethernet frame by ``outputLinkIndex``.
        public static let decapsulateLayer2 = Behavior(SEG6_LOCAL_ACTION_END_DX2)
        /// End.DX6: take it off and go on by ``nexthop6``.
        public static let decapsulateTo6 = Behavior(SEG6_LOCAL_ACTION_END_DX6)
        /// End.DX4: take it off and go on by ``nexthop4``.
        public static let decapsulateTo4 = Behavior(SEG6_LOCAL_ACTION_END_DX4)
        /// End.DT6: take it off and look the packet up, in ``table`` or in the table of a VRF.
        public static let decapsulateInto6 = Behavior(SEG6_LOCAL_ACTION_END_DT6)
        /// End.DT4: take it off and look the packet up, in the table of a VRF.
        public static let decapsulateInto4 = Behavior(SEG6_LOCAL_ACTION_END_DT4)
        /// End.DT46: the one or the other (Linux 5.14).
        public static let decapsulateInto = Behavior(SEG6_LOCAL_ACTION_END_DT46)
        /// End.B6: put ``header`` in.
        public static let bind = Behavior(SEG6_LOCAL_ACTION_END_B6)
        /// End.B6.Encaps: put it around.
        public static let bindEncapsulated = Behavior(SEG6_LOCAL_ACTION_END_B6_ENCAP)
        /// End.BPF: what a program says.
        public static let program = Behavior(SEG6_LOCAL_ACTION_END_BPF)
    }

    /// SEG6_LOCAL_ACTION.
    public var behavior: Behavior {
        get { Behavior(rawValue: attributes[SEG6_LOCAL_ACTION] ?? 0) }
        set { attributes[SEG6_LOCAL_ACTION] = newValue.rawValue }
    }
    /// SEG6_LOCAL_SRH.
    public var header: SegmentRoutingHeader? {
        get { attributes.payload(SEG6_LOCAL_SRH).flatMap { SegmentRoutingHeader($0) } }
        set { attributes[bytes: SEG6_LOCAL_SRH] = newValue?.bytes }
    }
    /// SEG6_LOCAL_TABLE.
    public var table: UInt32? {
        get { attributes[SEG6_LOCAL_TABLE] }
        set { attributes[SEG6_LOCAL_TABLE] = newValue }
    }
    /// SEG6_LOCAL_VRFTABLE: the table of a VRF that is there.
    public var vrfTable: UInt32? {
        get { attributes[SEG6_LOCAL_VRFTABLE] }
        set { attributes[SEG6_LOCAL_VRFTABLE] = newValue }
    }
    /// SEG6_LOCAL_NH4.
    public var nexthop4: IPv4Address? {
        get { attributes[ipv4: SEG6_LOCAL_NH4] }
        set { attributes[address: SEG6_LOCAL_NH4] = newValue.map { .v4($0) } }
    }
    /// SEG6_LOCAL_NH6.
    public var nexthop6: IPv6Address? {
        get { attributes[ipv6: SEG6_LOCAL_NH6] }
        set { attributes[address: SEG6_LOCAL_NH6] = newValue.map { .v6($0) } }
    }
    /// SEG6_LOCAL_IIF.
    public var inputLinkIndex: Int32? {
        get { attributes[SEG6_LOCAL_IIF] }
        set { attributes[SEG6_LOCAL_IIF] = newValue }
    }
    /// SEG6_LOCAL_OIF.
    public var outputLinkIndex: Int32? {
        get { attributes[SEG6_LOCAL_OIF] }
        set { attributes[SEG6_LOCAL_OIF] = newValue }
    }
    /// SEG6_LOCAL_BPF: the name of the program, as its loader gave it.
    public var programName: String? { attributes.nested(SEG6_LOCAL_BPF)?[text: SEG6_LOCAL_BPF_PROG_NAME] }

    /// SEG6_LOCAL_FLAVORS (Linux 6.1).
    public var flavors: Flavors? {
        get {
            attributes.nested(SEG6_LOCAL_FLAVORS).map { set in
                Flavors(
                    operations: .init(rawValue: set[SEG6_LOCAL_FLV_OPERATION] ?? 0),
                    locatorBlockBits: set[SEG6_LOCAL_FLV_LCBLOCK_BITS],
                    nodeFunctionBits: set[SEG6_LOCAL_FLV_LCNODE_FN_BITS])
            }
        }
        set {
            guard let newValue else { return attributes.remove(SEG6_LOCAL_FLAVORS) }
            var set = AttributeSet()
            set[SEG6_LOCAL_FLV_OPERATION] = newValue.operations.rawValue
            set[SEG6_LOCAL_FLV_LCBLOCK_BITS] = newValue.locatorBlockBits
            set[SEG6_LOCAL_FLV_LCNODE_FN_BITS] = newValue.nodeFunctionBits
            attributes[nested: SEG6_LOCAL_FLAVORS] = set
        }
    }

    /// Variations of End and its kin.
    public struct Flavors: Hashable, Sendable {
        /// One bit for each SEG6_LOCAL_FLV_OP_*.
        public struct Operations: OptionSet, Hashable, Sendable {
            public let rawValue: UInt32
            public init(rawValue: UInt32) { self.rawValue = rawValue }
            /// The last but one node takes the header off.
            public static let penultimatePop = Operations(rawValue: 1 << UInt32(SEG6_LOCAL_FLV_OP_PSP))
            /// The last node does.
            public static let ultimatePop = Operations(rawValue: 1 << UInt32(SEG6_LOCAL_FLV_OP_USP))
            /// The last node takes the outer header off.
            public static let ultimateDecapsulation = Operations(rawValue: 1 << UInt32(SEG6_LOCAL_FLV_OP_USD))
            /// Segments are compressed (RFC 9800).
            public static let compressed = Operations(rawValue: 1 << UInt32(SEG6_LOCAL_FLV_OP_NEXT_CSID))
        }
        public var operations: Operations
        /// SEG6_LOCAL_FLV_LCBLOCK_BITS; nil is the kernel's choice.
        public var locatorBlockBits: UInt8?
        /// SEG6_LOCAL_FLV_LCNODE_FN_BITS.
        public var nodeFunctionBits: UInt8?

        public init(operations: Operations, locatorBlockBits: UInt8? = nil, nodeFunctionBits: UInt8? = nil) {
            self.operations = operations
            self.locatorBlockBits = locatorBlockBits
            self.nodeFunctionBits = nodeFunctionBits
        }
    }

    /// SEG6_LOCAL_COUNTERS (Linux 5.14); nil where they were not asked for.
    public var counters: Counters? {
        attributes.nested(SEG6_LOCAL_COUNTERS).map { set in
            Counters(
                packets: set[SEG6_LOCAL_CNT_PACKETS] ?? 0, bytes: set[SEG6_LOCAL_CNT_BYTES] ?? 0,
                errors: set[SEG6_LOCAL_CNT_ERRORS] ?? 0)
        }
    }

    public struct Counters: Hashable, Sendable {
        public let packets: UInt64
        public let bytes: UInt64
        public let errors: UInt64
    }

    /// Asks for ``counters``.
    public mutating func count() {
        var set = AttributeSet()
        for type in [SEG6_LOCAL_CNT_PACKETS, SEG6_LOCAL_CNT_BYTES, SEG6_LOCAL_CNT_ERRORS] { set[type] = UInt64(0) }
        attributes[nested: SEG6_LOCAL_COUNTERS] = set
    }
}
