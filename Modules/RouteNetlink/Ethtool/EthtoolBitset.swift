internal import CKernel
public import Netlink

/// A set of bits with a mask, in either of ethtool's two forms (ETHTOOL_A_BITSET_*, linux/ethtool_netlink.h).
///
/// With a mask, the bits of it that are set are on and the others of it off, and what is not in the mask is not spoken of. Without one
/// (ETHTOOL_A_BITSET_NOMASK) it is a list: what is not in it is off.
public struct EthtoolBitset: Hashable, Sendable {
    /// The bits that are set.
    public var values: Set<UInt32>
    /// The bits that are spoken of; nil for a list.
    public var mask: Set<UInt32>?
    /// ETHTOOL_A_BITSET_SIZE: how many bits this kernel knows; nil where it was not said.
    public var size: UInt32?
    /// Names that came with the bits (the long form).
    public var names: [UInt32: String] = [:]
    /// Bits given by their names alone, and whether they are set: the kernel finds their numbers.
    public var named: [String: Bool] = [:]

    /// A list of bits, or with a mask a change of some.
    public init(_ values: Set<UInt32> = [], mask: Set<UInt32>? = nil) {
        self.values = values
        self.mask = mask
    }

    /// A change of bits by their names; those that are not named stay as they are.
    public init(named: [String: Bool]) {
        self.init(mask: [])
        self.named = named
    }

    /// A list of bits by their names; all others are to be off.
    public init(list: some Sequence<String>) {
        self.init()
        for name in list { named[name] = true }
    }

    /// The bits of the mask or, of a list, those that are set, in ascending order.
    public var bits: [UInt32] { (mask ?? values).union(values).sorted() }
    public func contains(_ bit: some BinaryInteger) -> Bool { values.contains(UInt32(clamping: bit)) }
    /// Whether the bit is in the mask; nil for a list.
    public func isMasked(_ bit: some BinaryInteger) -> Bool? { mask.map { $0.contains(UInt32(clamping: bit)) } }

    // MARK: The two forms

    /// Decodes either form. What does not fit (a bit without a number, words past the size) is passed over.
    public init(_ attributes: AttributeSet) {
        self.init()
        let isList = attributes[presence: ETHTOOL_A_BITSET_NOMASK]
        size = attributes[number: ETHTOOL_A_BITSET_SIZE]
        if let bits = attributes.nested(ETHTOOL_A_BITSET_BITS) {
            if !isList { mask = [] }
            for (type, bit) in bits.entries where type == ETHTOOL_A_BITSET_BITS_BIT {
                read(bit, isList: isList)
            }
            return
        }
        values = Self.bits(of: attributes.payload(ETHTOOL_A_BITSET_VALUE) ?? [], below: size)
        if !isList { mask = Self.bits(of: attributes.payload(ETHTOOL_A_BITSET_MASK) ?? [], below: size) }
    }

    private mutating func read(_ bit: AttributeSet, isList: Bool) {
        let name = bit[text: ETHTOOL_A_BITSET_BIT_NAME]
        let isSet = isList || bit[presence: ETHTOOL_A_BITSET_BIT_VALUE]
        guard let index = bit[number: ETHTOOL_A_BITSET_BIT_INDEX] else {
            if let name { named[name] = isSet }
            return
        }
        if let name, !name.isEmpty { names[index] = name }
        if isSet { values.insert(index) }
        mask?.insert(index)
    }

    /// The set bits of 32-bit words in the machine's order.
    private static func bits(of payload: [UInt8], below size: UInt32?) -> Set<UInt32> {
        var result: Set<UInt32> = []
        for (position, byte) in payload.enumerated() where byte != 0 {
            let word = position / 4
            let place = UInt16(1).littleEndian == 1 ? position % 4 : 3 - position % 4
            for bit in 0..<8 where byte & 1 << bit != 0 {
                let number = UInt32(clamping: word * 32 + place * 8 + bit)
                if number < size ?? .max { result.insert(number) }
            }
        }
        return result
    }

    /// The long form, which needs no size and may name its bits: as requests have it.
    var longForm: AttributeSet {
        var set = AttributeSet()
        set[presence: ETHTOOL_A_BITSET_NOMASK] = mask == nil
        set.append { writer in
            writer.nest(ETHTOOL_A_BITSET_BITS) { writer in
                for bit in bits {
                    writer.nest(ETHTOOL_A_BITSET_BITS_BIT) {
                        $0.attribute(ETHTOOL_A_BITSET_BIT_INDEX, integer: bit)
                        if values.contains(bit) { $0.flag(ETHTOOL_A_BITSET_BIT_VALUE) }
                    }
                }
                for (name, isSet) in named.sorted(by: { $0.key < $1.key }) where isSet || mask != nil {
                    writer.nest(ETHTOOL_A_BITSET_BITS_BIT) {
                        $0.attribute(ETHTOOL_A_BITSET_BIT_NAME, text: name)
                        if isSet { $0.flag(ETHTOOL_A_BITSET_BIT_VALUE) }
                    }
                }
            }
        }
        return set
    }
}

extension AttributeSet {
    /// A bitset of either form; the long one when it is set.
    subscript(bitset type: some BinaryInteger) -> EthtoolBitset? {
        get { nested(type).map { EthtoolBitset($0) } }
        set { self[nested: type] = newValue?.longForm }
    }
}
