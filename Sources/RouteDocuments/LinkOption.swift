internal import Netlink

/// One option of a kind of link: its attribute, the key under which `ip -j -d` prints it, the words by which `ip` takes it. The document and
/// the words come from the same row.
package struct LinkOption: Sendable {
    /// IFLA_BOND_MODE, …
    let attribute: Int
    let coding: LinkCoding
    /// The JSON key; nil is not printed.
    let key: String?
    /// The words that set it, the first being the usual one; none for what is only read.
    let words: [String]
    let isShown: Visibility

    package enum Visibility: Sendable {
        case whenPresent
        /// Where it is zero, or an empty address, it is as if it were not there.
        case unlessZero
    }

    /// The words are the key unless others are given; `words: []` is only read.
    package init(
        _ attribute: some BinaryInteger, _ coding: LinkCoding, _ key: String?, words: [String]? = nil,
        shown: Visibility = .whenPresent
    ) {
        self.attribute = Int(attribute)
        self.coding = coding
        self.key = key
        self.words = words ?? key.map { [$0] } ?? []
        isShown = shown
    }
}

/// How an integer lies in its attribute.
package enum IntegerWidth: Sendable {
    case u8, u16, u32, u64
    /// Signed.
    case s32
    /// In network order.
    case be16, be32

    /// What fits.
    var range: ClosedRange<Int64> {
        switch self {
        case .u8: 0...Int64(UInt8.max)
        case .u16, .be16: 0...Int64(UInt16.max)
        case .u32, .be32: 0...Int64(UInt32.max)
        case .u64: 0...Int64.max
        case .s32: Int64(Int32.min)...Int64(Int32.max)
        }
    }
}

/// What an attribute's payload is, in the document and in words.
package enum LinkCoding: Sendable {
    /// A number; the range is what the words may say, without one all that fits.
    case integer(IntegerWidth, ClosedRange<Int64>? = nil)
    /// A number, printed as text in hexadecimal: `0x8`.
    case hexadecimal(IntegerWidth, ClosedRange<Int64>? = nil)
    /// A byte: true or false; `on` or `off`, or 1 or 0.
    case onOff
    /// A byte that is 1 or 0: printed as a number, taken as `on`, `off` or a number.
    case bit
    /// A byte: true or false, and two words, `learning` and `nolearning`.
    case switched
    /// A number whose names are in their order; `first` is the number of the first. Others print as `unknown`.
    case named(IntegerWidth, [String], first: Int64 = 0, unknown: String? = nil)
    /// An attribute without a payload: true, and a word alone.
    case presence
    /// A link's index, printed as its name, or as `key_index` where there is no such link.
    case link
    /// An address of either family, by its length.
    case address
    /// A hardware address.
    case hardware
    case text
    /// A 64-bit count of hundredths of a second, printed as seconds.
    case timer
    /// struct ifla_bridge_id: `8000.52:54:0:12:34:56`.
    case bridgeIdentity
    /// An EtherType in network order: `802.1Q`, `802.1ad`.
    case vlanProtocol
    /// A list of addresses, apart by commas as words.
    case addresses(version6: Bool)
}
