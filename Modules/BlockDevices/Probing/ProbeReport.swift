/// What is on a device or image: what it is believed to be, all that was found, and what is wrong with it.
public struct ProbeReport: Hashable, Sendable {
    /// A magic string that was found.
    public struct Signature: Hashable, Sendable {
        /// `ext4`, `swap`, `gpt`
        public let type: String
        /// `filesystem`, `raid`, `crypto`, `other`, or `partition-table`.
        public let usage: String
        /// Of the magic, in bytes from the beginning of the device.
        public let offset: UInt64
        public let magic: [UInt8]

        public init(type: String, usage: String, offset: UInt64, magic: [UInt8]) {
            self.type = type
            self.usage = usage
            self.offset = offset
            self.magic = magic
        }
    }

    /// A partition of the table that was found.
    public struct Partition: Hashable, Sendable {
        public let number: Int
        /// In units of 512 bytes, as libblkid has it.
        public let start: UInt64
        public let size: UInt64
        /// A GUID, or `0x83`.
        public let type: String?
        public let name: String?
        public let uuid: String?
        public let flags: UInt64
    }

    public struct Problem: Hashable, Sendable {
        /// A stable word, for programs: `ambivalent`, `stale-signature`, or one of a partition table's.
        public let code: String
        public let message: String
        /// In bytes; nil where it is about the whole.
        public let offset: UInt64?

        public init(_ code: String, _ message: String, offset: UInt64? = nil) {
            self.code = code
            self.message = message
            self.offset = offset
        }
    }

    /// `ext4`; nil where nothing was found, or more than one thing that excludes the other.
    public var type: String?
    /// `filesystem`, `raid`, `crypto`, `other`.
    public var usage: String?
    public var version: String?
    public var label: String?
    public var uuid: String?
    /// `gpt`, `dos`
    public var partitionTable: String?
    public var partitionTableUUID: String?
    public var partitions: [Partition] = []
    public var signatures: [Signature] = []
    public var problems: [Problem] = []
    /// Whether more than one thing was found where only one can be.
    public var isAmbivalent = false

    public init() {}

    /// Nothing was found.
    public var isEmpty: Bool { type == nil && partitionTable == nil && !isAmbivalent }
}
