/// What a disk's partitions should be: declared, of any disk.
public struct PartitionPlan: Hashable, Sendable {
    /// What is done with partitions that the plan does not name.
    public enum Unlisted: String, Hashable, Sendable, CaseIterable { case keep, delete }

    /// What is done with what stands in a partition.
    public enum Contents: String, Hashable, Sendable, CaseIterable {
        case keep
        /// Signatures in its range are wiped before the table says that it is there.
        case wipe
    }

    public struct Partition: Hashable, Sendable {
        public var type: GUID
        public var label: String?
        public var guid: GUID?
        /// Its slot, from 1.
        public var number: Int?
        /// In bytes.
        public var min: UInt64?
        /// In bytes; nil is no limit.
        public var max: UInt64?
        /// Its share of the space that is left, beside the others'.
        public var weight: UInt64 = 1000
        /// Whether it takes a share of the space that is left; nil is yes for a new one and no for one that is there.
        public var grow: Bool?
        /// What does not fit is left out, the highest first; what has 0 has to fit.
        public var priority: Int = 0
        public var attributes: PartitionAttributes?
        /// Nil is `wipe` for a new one and `keep` for one that is there.
        public var contents: Contents?

        public init(type: GUID, label: String? = nil) {
            self.type = type
            self.label = label
        }
    }

    /// From which GUIDs are made, so that the same plan gives the same bytes; nil makes random ones.
    public var seed: String?
    public var diskGUID: GUID?
    /// In bytes: partitions begin and end on multiples of it; never less than 1 MiB or the device's optimal transfer.
    public var alignment: UInt64 = 1 << 20
    /// Whether a table that is no GPT, or is damaged past repair, may be replaced by a new one.
    public var replace = false
    public var unlisted = Unlisted.keep
    public var partitions: [Partition] = []

    /// What a new partition has at least where the plan does not say, in bytes.
    public static let defaultMinimum: UInt64 = 10 << 20

    public init() {}
}

/// GUIDs that follow from a seed, by FNV-1a of 128 bits (draft-eastlake-fnv, section 5) over the seed and what it is for. They are names,
/// not secrets.
struct GUIDMaker {
    let seed: String?

    func make(_ purpose: String) -> GUID {
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        if let seed { generator = Seeded(text: "\(seed.utf8.count):\(seed):\(purpose)") }
        return GUID.random(using: &generator)
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt128

        init(text: String) {
            state = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
            for byte in text.utf8 {
                state ^= UInt128(byte)
                state = state &* (UInt128(1) << 88 | 0x13b)
            }
        }

        /// One half after the other, with the bits spread (the finalizer of MurmurHash3).
        mutating func next() -> UInt64 {
            var word = UInt64(truncatingIfNeeded: state >> 64)
            state = state << 64 | state >> 64
            word = (word ^ word >> 33) &* 0xff51_afd7_ed55_8ccd
            word = (word ^ word >> 33) &* 0xc4ce_b9fe_1a85_ec53
            return word ^ word >> 33
        }
    }
}
