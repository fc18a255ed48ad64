internal import CKernel
internal import Glibc
public import Kernel
public import SystemPackage

/// A file as a block device.
public struct LoopDevice: Hashable, Sendable {
    /// How a file is attached.
    public struct Setup: Hashable, Sendable {
        /// Of its logical sectors, in bytes; 0 is 512.
        public var blockSize: UInt32 = 0
        /// Where in the file it begins, in bytes.
        public var offset: UInt64 = 0
        /// Its size, in bytes; 0 is the rest of the file.
        public var sizeLimit: UInt64 = 0
        public var isReadOnly = false
        /// Detached by the last close.
        public var isAutoclear = false
        /// Past the page cache; the file's system has to be able to.
        public var isDirect = false
        /// The kernel keeps partitions of it.
        public var keepsPartitions = false

        public init() {}
    }

    /// `loop0`
    public let name: String
    public var path: FilePath { FilePath("/dev").appending(name) }
    public let backingFile: String
    public let setup: Setup
    public let sizeInBytes: UInt64

    /// Those that have a file, in the order of their numbers, as sysfs tells (Documentation/ABI/testing/sysfs-block-loop).
    public static func all(in root: HostRoot) -> [LoopDevice] {
        root.entriesIfPresent(of: "/sys/block").filter { $0.hasPrefix("loop") }.compactMap {
            LoopDevice(named: $0, in: root)
        }
        .sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
    }

    /// nil where it has no file.
    public init?(named name: String, in root: HostRoot) {
        let folder = FilePath("/sys/block").appending(name)
        func text(_ attribute: String) -> String? { root.textIfPresent(folder.appending(attribute)) }
        func number(_ attribute: String) -> UInt64 { text(attribute).flatMap { UInt64($0) } ?? 0 }
        guard let file = text("loop/backing_file") else { return nil }
        self.name = name
        backingFile = file
        sizeInBytes = number("size").multipliedReportingOverflow(by: 512).partialValue
        var setup = Setup()
        setup.blockSize = UInt32(clamping: number("queue/logical_block_size"))
        setup.offset = number("loop/offset")
        setup.sizeLimit = number("loop/sizelimit")
        setup.isReadOnly = number("ro") == 1
        setup.isAutoclear = number("loop/autoclear") == 1
        setup.isDirect = number("loop/dio") == 1
        setup.keepsPartitions = number("loop/partscan") == 1
        self.setup = setup
    }
}

extension LoopDevice {
    static let sysfs = "/sys/block"

    /// An attached device, held open: with ``Setup/isAutoclear`` it goes when this value does.
    public struct Attachment: ~Copyable {
        public let name: String
        public let path: FilePath
        private let descriptor: OwnedDescriptor

        fileprivate init(name: String, path: FilePath, _ descriptor: consuming OwnedDescriptor) {
            self.name = name
            self.path = path
            self.descriptor = descriptor
        }
    }

    /// Attaches the file at `path` to the first free device (LOOP_CONFIGURE, Linux 5.8). Another one who takes it first is outrun.
    /// - Throws: EBUSY where that did not work until `deadline`.
    public static func attach(
        _ path: FilePath, _ setup: Setup = Setup(), in root: HostRoot, until deadline: Deadline
    ) throws(OSError) -> Attachment {
        guard let control = root.path("/dev/loop-control"), root.isLive else {
            throw OSError(operation: "attach", errno: .notSupported, subject: path.string)
        }
        let flags = (setup.isReadOnly ? O_RDONLY : O_RDWR) | O_NONBLOCK
        let backing = try LoopNodes.open(path, flags | (setup.isDirect ? SW_O_DIRECT : 0))
        let switchboard = try LoopNodes.open(control, O_RDWR)
        while true {
            let raw = switchboard.rawValue
            let number = try systemCall("LOOP_CTL_GET_FREE") { sw_loop_get_free(raw) }
            do throws(OSError) {
                return try configure(number, backing, path, setup, in: root)
            } catch {
                guard error.errno == .resourceBusy, !deadline.hasPassed else { throw error }
                Deadline(in: .milliseconds(10)).sleep()
            }
        }
    }

    private static func configure(
        _ number: Int32, _ backing: borrowing OwnedDescriptor, _ file: FilePath, _ setup: Setup, in root: HostRoot
    ) throws(OSError) -> Attachment {
        let name = "loop\(number)"
        let node = try LoopNodes.node(name, in: root)
        let descriptor = try LoopNodes.open(node, (setup.isReadOnly ? O_RDONLY : O_RDWR) | O_NONBLOCK)
        let (loop, fd) = (descriptor.rawValue, backing.rawValue)
        let text = file.string
        try systemCall("LOOP_CONFIGURE", on: text) {
            // SAFETY: the struct and its string live through the call.
            unsafe text.withCString { name in
                var words = unsafe sw_loop_setup(
                    block_size: setup.blockSize, offset: setup.offset, size_limit: setup.sizeLimit,
                    read_only: setup.isReadOnly ? 1 : 0, autoclear: setup.isAutoclear ? 1 : 0,
                    direct_io: setup.isDirect ? 1 : 0, partitions: setup.keepsPartitions ? 1 : 0, name: name)
                return unsafe sw_loop_configure(loop, fd, &words)
            }
        }
        return Attachment(name: name, path: node, descriptor)
    }

    /// Detaches it. One that is used goes with its last user, as the kernel has it.
    public static func detach(_ name: String, in root: HostRoot) throws(OSError) {
        let descriptor = try LoopNodes.open(try LoopNodes.node(name, in: root), O_RDONLY | O_NONBLOCK)
        let raw = descriptor.rawValue
        try systemCall("LOOP_CLR_FD", on: name) { sw_loop_clear(raw) }
    }
}
