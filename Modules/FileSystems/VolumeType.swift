/// The file systems that are read here.
public enum VolumeType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// ECMA-119, with the names of Rock Ridge (IEEE P1282) or Joliet where they are there.
    case iso9660
    case fat12, fat16, fat32
    /// ECMA-167 as OSTA's UDF 1.02 to 2.01 has it.
    case udf
    case ext2, ext3, ext4

    /// What `blkid` calls it: its TYPE.
    public var name: String {
        switch self {
        case .fat12, .fat16, .fat32: "vfat"
        default: rawValue
        }
    }

    public var description: String { rawValue }
}
