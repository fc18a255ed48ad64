internal import CKernel
internal import Glibc
public import Kernel
public import SystemPackage

/// Why a disk may not be worked on.
public enum DiskError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(OSError)
    /// The device behind the name is another one than was chosen.
    case changed(FilePath, String)
    /// Somebody uses it: who, and what ends that.
    case inUse(FilePath, [DiskUse])
    /// It lacks what was asked for, or is not meant for it.
    case refused(FilePath, String)

    public var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .changed(let path, let what): "\(path) is another device now: \(what)"
        case .inUse(let path, let uses): "\(path) is in use\(DiskUse.words(uses))"
        case .refused(let path, let reason): "\(path): \(reason)"
        }
    }
}

/// A disk that was chosen, held open: it is the same device at each step, or the step fails.
///
/// What tells it are its number, the kernel's sequence number of its medium (diskseq, Linux 5.15), its size, and its WWID or serial.
public struct DiskHandle: ~Copyable {
    public let disk: Disk
    public let device: WritableDevice
    private let root: HostRoot

    /// Opens `disk` for reading and writing.
    /// - Parameter isExclusive: with O_EXCL, so that nothing can be mounted from it meanwhile; who uses it is named.
    public init(_ disk: Disk, exclusive isExclusive: Bool = false, in root: HostRoot) throws(DiskError) {
        guard let node = root.path(disk.path), root.isLive else {
            throw .refused(disk.path, "it is a recording's or a directory's, and cannot be changed")
        }
        let opened: WritableDevice
        do throws(OSError) {
            opened = try WritableDevice(node, exclusive: isExclusive)
        } catch {
            if error.errno == .resourceBusy { throw .inUse(disk.path, HolderGraph(of: root).uses(of: disk)) }
            throw .system(error)
        }
        try Self.check(disk, opened, root)
        self.disk = disk
        self.root = root
        device = opened
    }

    /// Fails where the device behind the name changed.
    public func check() throws(DiskError) { try Self.check(disk, device, root) }

    private static func check(_ disk: Disk, _ device: WritableDevice, _ root: HostRoot) throws(DiskError) {
        let number: String?
        do throws(OSError) { number = try device.reader.deviceNumber() } catch { throw .system(error) }
        if number != disk.device { throw .changed(disk.path, "its number is not \(disk.device)") }
        if let wanted = disk.diskSequence, let now = sequence(of: device), now != wanted {
            throw .changed(disk.path, "its sequence number is \(now), not \(wanted)")
        }
        guard let now = Disk(named: disk.name, in: root) else { throw .changed(disk.path, "it is gone") }
        if now.sizeInBytes != disk.sizeInBytes {
            throw .changed(disk.path, "it has \(now.sizeInBytes) bytes, not \(disk.sizeInBytes)")
        }
        if now.wwid != disk.wwid || now.serial != disk.serial {
            throw .changed(disk.path, "its serial number is \(now.serial ?? now.wwid ?? "none")")
        }
    }

    /// nil of kernels before 5.15, which do not know it.
    private static func sequence(of device: WritableDevice) -> UInt64? {
        try? device.withDescriptor { (descriptor) throws(OSError) in
            var sequence: UInt64 = 0
            // SAFETY: the number lives through the call.
            try systemCall("BLKGETDISKSEQ") { unsafe sw_disk_sequence(descriptor, &sequence) }
            return sequence
        }
    }

    /// flock(LOCK_EX), which udevd and others heed, to the end of this value.
    public func lock(until deadline: Deadline) throws(DiskError) {
        do throws(OSError) { try device.lock(until: deadline) } catch { throw .system(error) }
    }
}
