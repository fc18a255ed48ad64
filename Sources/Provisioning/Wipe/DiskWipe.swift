public import BlockDevices
internal import Glibc
public import Kernel
internal import Partitions
internal import SystemPackage

/// A disk that is about to be wiped: held exclusively and locked from the plan to the last check.
public struct DiskWipe: ~Copyable {
    /// What goes on, and how far it is.
    public enum Step: String, Hashable, Sendable {
        case signatures, tables, erase, verify
    }

    private static let end: UInt64 = 1 << 20

    public let plan: WipePlan
    /// Uses of the disk that were ended for it.
    public let ended: [DiskUse]
    private let handle: DiskHandle
    private let commands: any DeviceCommands
    private let root: HostRoot

    /// Opens and plans; nothing is written.
    ///
    /// - Parameters:
    ///   - tearsDown: ends the uses of the disk first (``Teardown``); without it a used disk is refused.
    ///   - deadline: until when those that have the disk open, or locked, for a moment are waited for.
    ///   - commands: how the device is asked; nil is the kernel's own.
    /// - Throws: ``DiskError``: read-only, in use and by whom, a method that the device lacks.
    public init(
        _ disk: Disk, _ method: WipeMethod, tearsDown: Bool = false, in root: HostRoot, until deadline: Deadline,
        commands: (any DeviceCommands)? = nil
    ) throws(DiskError) {
        if disk.isReadOnly { throw .refused(disk.path, "it is read-only") }
        if tearsDown {
            // Nothing is ended for a method that the device lacks.
            let handle = try DiskHandle(disk, in: root)
            _ = try EraseOffers(of: disk, commands ?? Self.commands(of: handle)).operation(for: method, of: disk)
        }
        let ended = tearsDown ? try Teardown.run(on: disk, in: root) : []
        let handle = try Self.take(disk, root, deadline)
        try handle.lock(until: deadline)
        // The lock may have been waited for.
        try handle.check()
        let asked = commands ?? Self.commands(of: handle)
        plan = try WipePlan(handle, method, asked)
        self.ended = ended
        self.handle = handle
        self.commands = asked
        self.root = root
    }

    /// The plan for a disk that may be used, and is not held: what a teardown would end is in it.
    public static func preview(
        _ disk: Disk, _ method: WipeMethod, in root: HostRoot, commands: (any DeviceCommands)? = nil
    ) throws(DiskError) -> WipePlan {
        if disk.isReadOnly { throw .refused(disk.path, "it is read-only") }
        let uses = HolderGraph(of: root).uses(of: disk)
        let obstacles = uses.filter { !Teardown.canEnd($0) }
        guard obstacles.isEmpty else { throw .inUse(disk.path, obstacles) }
        let handle = try DiskHandle(disk, in: root)
        var plan = try WipePlan(handle, method, commands ?? Self.commands(of: handle))
        plan.teardown = uses
        return plan
    }

    private static func commands(of handle: borrowing DiskHandle) -> any DeviceCommands {
        KernelDeviceCommands(handle.device.reader, subject: handle.disk.path.string)
    }

    /// Opens `disk` exclusively. udevd and its like have one open for a moment; all else is a use that ends only when somebody ends it.
    private static func take(
        _ disk: Disk, _ root: HostRoot, _ deadline: Deadline
    ) throws(DiskError) -> DiskHandle {
        while true {
            let uses = HolderGraph(of: root).uses(of: disk)
            guard uses.allSatisfy({ $0.kind == .open }) else { throw .inUse(disk.path, uses) }
            do throws(DiskError) {
                if !uses.isEmpty { throw .inUse(disk.path, uses) }
                return try DiskHandle(disk, exclusive: true, in: root)
            } catch {
                guard case .inUse = error, !deadline.hasPassed else { throw error }
                Deadline(in: .milliseconds(100)).sleep()
            }
        }
    }

    /// Does it. What fails is in the certificate, with what was done until then.
    /// - Parameter progress: the step and how far it is; false ends what can be ended.
    public func run(_ progress: (Step, EraseProgress?) -> Bool) -> WipeCertificate {
        var certificate = WipeCertificate(plan)
        certificate.ended = ended
        let start = MonotonicTime.now()
        do throws(OSError) {
            try work(&certificate, progress)
            certificate.result = certificate.failures.isEmpty ? .complete : .failed
        } catch {
            if error.errno == .canceled {
                certificate.result = Erasure.goesOn(error) ? .sanitizing : .cancelled
            } else {
                certificate.result = .failed
                certificate.error = "\(error)"
            }
        }
        certificate.duration = MonotonicTime.now().since(start)
        return certificate
    }

    private func work(
        _ certificate: inout WipeCertificate, _ progress: (Step, EraseProgress?) -> Bool
    ) throws(OSError) {
        let device = handle.device
        let disk = plan.disk
        let samples = WipeSamples(
            of: device, interesting: plan.signatures.map(\.offset) + plan.ranges.map(\.lowerBound))
        if plan.offers.running == nil { try prepare(&certificate, progress) }
        try check(progress(.erase, nil))
        do throws(DiskError) { try handle.check() } catch {
            throw OSError(
                operation: "\(error)", errno: .operationNotSupportedByDevice, subject: disk.path.string)
        }
        var done: UInt64 = 0
        let began = MonotonicTime.now()
        defer { certificate.bytesDone = done }
        certificate.failures += try Erasure(plan.operation, of: disk, commands, offers: plan.offers).run { report in
            if report.total == disk.sizeInBytes { done = report.done }
            return progress(.erase, report)
        }
        done = plan.operation == .signatures ? 0 : disk.sizeInBytes
        certificate.eraseDuration = MonotonicTime.now().since(began)
        certificate.partitionsRemoved = try removePartitions()
        try device.flush()
        try verify(samples, &certificate, progress)
    }

    /// What makes the disk unknown to everybody, before what may take hours.
    ///
    /// A place that fails is no end: the method may mend it, and the checks at the end tell whether it did.
    private func prepare(
        _ certificate: inout WipeCertificate, _ progress: (Step, EraseProgress?) -> Bool
    ) throws(OSError) {
        try check(progress(.signatures, nil))
        // Within the partitions first: their tables say where they are, and a wipe that is cut off can be begun again.
        for range in plan.ranges { try overlooking { () throws(OSError) in try wipeSignatures(range, &certificate) } }
        try overlooking { () throws(OSError) in try wipeSignatures(0..<plan.disk.sizeInBytes, &certificate) }
        try check(progress(.tables, nil))
        try overlooking { () throws(OSError) in try wipeTables(&certificate) }
    }

    private func overlooking(_ work: () throws(OSError) -> Void) throws(OSError) {
        do throws(OSError) { try work() } catch { if error.errno != .ioError { throw error } }
    }

    private func check(_ goesOn: Bool) throws(OSError) {
        if !goesOn { throw OSError(operation: "wipe", errno: .canceled) }
    }

    private func wipeSignatures(_ range: Range<UInt64>, _ certificate: inout WipeCertificate) throws(OSError) {
        let wiped = try SignatureWipe.run(on: handle.device, range: range, subject: plan.disk.path.string)
        certificate.writes += wiped.count
        certificate.wiped += wiped
        // RAID and LVM keep more of themselves at a member's end.
        guard wiped.contains(where: { $0.usage == "raid" }), range.upperBound < plan.disk.sizeInBytes else { return }
        let start = max(range.lowerBound, range.upperBound > Self.end ? range.upperBound - Self.end : 0)
        try zero(start..<range.upperBound, &certificate)
    }

    /// Both ends of the disk, and what is elsewhere of a table.
    private func wipeTables(_ certificate: inout WipeCertificate) throws(OSError) {
        let size = plan.disk.sizeInBytes
        let head = 0..<min(Self.end, size)
        let tail = max(head.upperBound, size - min(size, Self.end))..<size
        for range in plan.tables where range.upperBound > head.upperBound && range.lowerBound < tail.lowerBound {
            try zero(range, &certificate)
        }
        if !tail.isEmpty { try zero(tail, &certificate) }
        try zero(head, &certificate)
        try handle.device.flush()
    }

    private func zero(_ range: Range<UInt64>, _ certificate: inout WipeCertificate) throws(OSError) {
        // A table's array has 2^32 sectors at most by its own word, but what was read of it is in memory, and so is this.
        try handle.device.write(
            [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound)), at: range.lowerBound)
        certificate.writes += 1
    }

    /// From the kernel, which keeps what it had read. Nobody has them open, or the exclusive opening would not have come about.
    private func removePartitions() throws(OSError) -> Int {
        let kernel = KernelPartitions(of: plan.disk.device, in: root)
        guard kernel.isKept else { return 0 }
        let steps = kernel.partitions.map { KernelPartitions.Step.delete($0) }
        try KernelPartitions.apply(steps, to: handle.device.reader, until: Deadline(in: .seconds(5)))
        return steps.count
    }

    /// With an empty cache: what the device has, and not what was written.
    private func verify(
        _ samples: WipeSamples, _ certificate: inout WipeCertificate, _ progress: (Step, EraseProgress?) -> Bool
    ) throws(OSError) {
        _ = progress(.verify, nil)
        try handle.device.dropCache()
        // After a discard or a format anything may be back.
        for range in plan.ranges + [0..<plan.disk.sizeInBytes] { try wipeSignatures(range, &certificate) }
        try handle.device.flush()
        try handle.device.dropCache()
        certificate.samples = samples.check(handle.device)
        for sample in certificate.samples where !plan.operation.guarantee.isKept(by: sample) {
            let range = sample.offset..<sample.offset + UInt64(WipeSamples.size)
            if certificate.failures.contains(where: { $0.range.overlaps(range) }) { continue }
            certificate.failures.append(
                EraseFailure(range: range, reason: "a sample of it is \(sample.now.rawValue) afterwards"))
        }
    }
}
