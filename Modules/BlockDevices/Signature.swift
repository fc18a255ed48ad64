/// What libblkid finds on a device (the names are its tags).
public struct Signature: Hashable, Sendable {
    /// TYPE: `ext4`, `vfat`, `crypto_LUKS`; nil where only a partition table was found.
    public var type: String?
    /// USAGE: `filesystem`, `raid`, `crypto`, `other`.
    public var usage: String?
    public var version: String?
    public var label: String?
    public var uuid: String?
    /// PTTYPE: `gpt`, `dos`.
    public var partitionTable: String?
    public var partitionTableUUID: String?
    /// More than one signature claims the device: none is believed (blkid_do_safeprobe's -2).
    public var isAmbivalent = false

    public init() {}
    /// Nothing was found.
    public var isEmpty: Bool { type == nil && partitionTable == nil && !isAmbivalent }
}
