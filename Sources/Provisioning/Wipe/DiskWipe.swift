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
    private let handle: DiskHandle
    private let commands: any DeviceCommands
    private let root: HostRoot

    /// Opens and plans; nothing is written.
    ///
    /// - Parameters:
    ///   - deadline: until when those that have the disk open, or locked, for a moment are waited for.
    ///   - commands: how the device is asked; nil is the kernel's own.
    /// - Throws: ``DiskError``: read-only, in use and by whom, a method that the device lacks.
    public init(
        _ disk: Disk, _ method: WipeMethod, in root: HostRoot, until deadline: Deadline,
        commands: (any DeviceCommands)? = nil
    ) throws(DiskError) {
        if disk.isReadOnly { throw .refused(disk.path, "it is read-only") }
        try Self.waitUntilFree(disk, root, deadline)
        let handle = try DiskHandle(disk, exclusive: true, in: root)
        try handle.lock(until: deadline)
        // Who came between the look and the exclusive opening is caught by neither but this.
        try handle.check()
        let asked = commands ?? KernelDeviceCommands(handle.device.reader, subject: disk.path.string)
        plan = try WipePlan(handle, method, asked)
        self.handle = handle
        self.commands = asked
        self.root = root
    }

    /// udevd and its like have a disk open for a moment; all else is a use that ends only when somebody ends it.
    private static func waitUntilFree(
        _ disk: Disk, _ root: HostRoot, _ deadline: Deadline
    ) throws(DiskError) {
        while true {
            let uses = HolderGraph(of: root).uses(of: disk)
            if uses.isEmpty { return }
            guard uses.allSatisfy({ $0.kind == .open }), !deadline.hasPassed else { throw .inUse(disk.path, uses) }
            Deadline(in: .milliseconds(100)).sleep()
        }
    }

    /// Does it. What fails is in the certificate, with what was done until then.
    /// - Parameter progress: the step and how far it is; false ends what can be ended.
    public func run(_ progress: (Step, EraseProgress?) -> Bool) -> WipeCertificate {
        var certificate = WipeCertificate(plan)
        let start = MonotonicTime.now()
        do throws(OSError) {
            try work(&certificate, progress)
            certificate.result = certificate.failures.isEmpty ? .complete : .failed
        } catch {
            if error.errno == .canceled {
                certificate.result = error.operation == "sanitize" ? .sanitizing : .cancelled
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
        try check(progress(.signatures, nil))
        // Within the partitions first: their tables say where they are, and a wipe that is cut off can be begun again.
        for range in plan.ranges { try wipeSignatures(range, &certificate) }
        try wipeSignatures(0..<disk.sizeInBytes, &certificate)
        try check(progress(.tables, nil))
        try wipeTables(&certificate)
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
            // An erased place may be written again with zeros over nothing but what was a signature.
            let range = sample.offset..<sample.offset + UInt64(WipeSamples.size)
            if certificate.failures.contains(where: { $0.range.overlaps(range) }) { continue }
            let known = sample.now == .unchanged && sample.wasZeros == true
            if known { continue }
            certificate.failures.append(
                EraseFailure(range: range, reason: "a sample of it is \(sample.now.rawValue) afterwards"))
        }
    }
}
