internal import CKernel
public import Kernel

/// What a block device, or an image in its place, says of itself.
public struct BlockGeometry: Hashable, Sendable {
    public let sizeInBytes: UInt64
    /// Of a logical sector, in bytes (BLKSSZGET); nil for an image, which has none of its own.
    public let logicalSector: UInt64?
    /// In bytes (BLKPBSZGET).
    public let physicalSector: UInt64?
    /// BLKIOOPT, in bytes; 0 where the device does not say.
    public let optimalTransfer: UInt64
    public let isReadOnly: Bool
    /// `259:0`, as sysfs names it; nil for an image.
    public let device: String?

    public var isDevice: Bool { device != nil }

    /// As somebody else says, of a device that is not here.
    public init(
        sizeInBytes: UInt64, logicalSector: UInt64?, physicalSector: UInt64?, optimalTransfer: UInt64, isReadOnly: Bool,
        device: String?
    ) {
        self.sizeInBytes = sizeInBytes
        self.logicalSector = logicalSector
        self.physicalSector = physicalSector
        self.optimalTransfer = optimalTransfer
        self.isReadOnly = isReadOnly
        self.device = device
    }

    /// Of the device or image behind an open descriptor.
    public init(_ volume: DeviceVolume) throws(OSError) {
        sizeInBytes = volume.sizeInBytes
        guard let device = try volume.deviceNumber() else {
            (logicalSector, physicalSector, optimalTransfer, isReadOnly, self.device) = (nil, nil, 0, false, nil)
            return
        }
        func number(_ request: UInt, _ name: StaticString) throws(OSError) -> UInt64 {
            try volume.withDescriptor { (descriptor) throws(OSError) in
                var value: Int32 = 0
                // SAFETY: these requests store an int (block/ioctl.c).
                try systemCall(name) { unsafe sw_ioctl(descriptor, request, &value) }
                return UInt64(UInt32(bitPattern: value))
            }
        }
        logicalSector = try number(SW_BLKSSZGET, "BLKSSZGET")
        physicalSector = try? number(SW_BLKPBSZGET, "BLKPBSZGET")
        optimalTransfer = (try? number(SW_BLKIOOPT, "BLKIOOPT")) ?? 0
        isReadOnly = try number(SW_BLKROGET, "BLKROGET") != 0
        self.device = device
    }
}
