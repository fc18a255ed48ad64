import BlockDevices
import Glibc
import Kernel
import Provisioning
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A loop device under the name of an NVMe namespace, whose controller is faked: the order of a wipe around a device's own erasure.
@Suite("Wipes by the device itself", .serialized, .enabled(if: getuid() == 0, "loop devices need root"))
struct SanitizeResumeTests {
    /// A controller that sanitizes blocks, in so many steps; `isRunning` from the beginning.
    private final class Controller: DeviceCommands {
        private struct State {
            var isRunning: Bool
            var asked = 0
            var begun = 0
        }
        private let state: Mutex<State>
        private let fails: Bool
        /// What a sanitize does to the device.
        private let erase: @Sendable () -> Void

        init(isRunning: Bool = false, fails: Bool = false, erase: @escaping @Sendable () -> Void) {
            state = Mutex(State(isRunning: isRunning))
            self.fails = fails
            self.erase = erase
        }

        var begun: Int { state.withLock { $0.begun } }

        func nvmeAdmin(_ command: NVMeAdminCommand, data: inout [UInt8]) throws(OSError) {
            switch (command.opcode, command.cdw10 & 0xFF) {
            case (0x06, 1): data[328] = 2
            case (0x06, 2): data[0] = 1
            case (0x84, _):
                state.withLock { state in
                    state.isRunning = true
                    state.begun += 1
                }
            case (0x02, 0x81):
                let isDone = state.withLock { state in
                    guard state.isRunning else { return false }
                    state.asked += 1
                    return state.asked > 2
                }
                data[2] = isDone ? (fails ? 3 : 1) : state.withLock { $0.isRunning } ? 2 : 0
                data[4] = 2
                if isDone { erase() }
            default: break
            }
        }

        func nvmeNamespace() throws(OSError) -> UInt32 { 1 }
        func scsi(_ command: SCSICommand, data: inout [UInt8]) throws(OSError) -> SCSIAnswer {
            throw OSError(operation: "SG_IO", errno: .invalidArgument)
        }
        func range(_ request: RangeRequest, _ range: Range<UInt64>) throws(OSError) {
            throw OSError(operation: "range", errno: .invalidArgument)
        }
        func hasSecureDiscard() -> Bool { false }
    }

    /// A disk whose offers are those of NVMe; its node is a loop device's.
    private static func disk(_ loop: borrowing TestLoop) throws -> Disk {
        var disk = try #require(Disk.find(loop.path.string, in: .live))
        disk.transport = "nvme"
        return disk
    }

    private static func filled(_ directory: borrowing TemporaryDirectory) throws -> FilePath {
        let image = directory.path.appending("disk.img")
        try run("dd if=/dev/urandom of=\(image) bs=1M count=32 status=none")
        return image
    }

    @Test(
        "one that runs already is waited for; nothing is read or written before its end, and the disk is checked after it"
    )
    func resumed() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.filled(directory)
        let loop = try TestLoop(image)
        let node = loop.path.string
        let controller = Controller(isRunning: true) {
            _ = try? run("dd if=/dev/zero of=\(node) bs=1M count=32 status=none")
        }
        let wipe = try DiskWipe(
            Self.disk(loop), .auto, in: .live, until: Deadline(in: .seconds(5)), commands: controller)
        #expect(wipe.plan.offers.running == .nvmeSanitizeBlock && wipe.plan.signatures.isEmpty)
        let certificate = wipe.run { _, _ in true }
        #expect(certificate.result == .complete && controller.begun == 0 && certificate.wiped.isEmpty)
        #expect(certificate.plan.operation.guarantee == .sanitized)
    }

    @Test("a device that says that it is done and is not is found out by the samples")
    func liar() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.filled(directory)
        let loop = try TestLoop(image)
        let wipe = try DiskWipe(
            Self.disk(loop), .secure, in: .live, until: Deadline(in: .seconds(5)), commands: Controller {})
        let certificate = wipe.run { _, _ in true }
        #expect(certificate.result == .failed)
        #expect(certificate.failures.contains { $0.reason.contains("unchanged") })
    }

    @Test("a disk that vanishes in the middle makes a certificate that failed, and says what and why")
    func vanished() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.filled(directory)
        let loop = try TestLoop(image)
        let wipe = try DiskWipe(
            #require(Disk.find(loop.path.string, in: .live)), .zero, in: .live, until: Deadline(in: .seconds(5)),
            commands: Gone(subject: loop.path.string))
        let certificate = wipe.run { _, _ in true }
        #expect(certificate.result == .failed && certificate.failures.isEmpty)
        let error = try #require(certificate.error)
        #expect(error.contains("BLKZEROOUT \(loop.path)") && error.contains(Errno.noSuchAddressOrDevice.description))
    }

    /// What the kernel says of a disk that was taken out.
    private struct Gone: DeviceCommands {
        func nvmeAdmin(_ command: NVMeAdminCommand, data: inout [UInt8]) throws(OSError) { throw gone }
        func nvmeNamespace() throws(OSError) -> UInt32 { throw gone }
        func scsi(_ command: SCSICommand, data: inout [UInt8]) throws(OSError) -> SCSIAnswer { throw gone }
        func range(_ request: RangeRequest, _ range: Range<UInt64>) throws(OSError) {
            throw OSError(operation: "BLKZEROOUT", errno: .noSuchAddressOrDevice, subject: subject)
        }
        func hasSecureDiscard() -> Bool { false }
        var subject = ""
        private var gone: OSError { OSError(operation: "ioctl", errno: .noSuchAddressOrDevice) }
    }

    @Test("a device that says that it failed makes a certificate that does, and Ctrl-C one that says that it goes on")
    func failed() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.filled(directory)
        let loop = try TestLoop(image)
        let failing = try DiskWipe(
            Self.disk(loop), .secure, in: .live, until: Deadline(in: .seconds(5)), commands: Controller(fails: true) {})
        let certificate = failing.run { _, _ in true }
        #expect(certificate.result == .failed && certificate.error?.contains("failed") == true)
        _ = consume failing
        let left = try DiskWipe(
            Self.disk(loop), .secure, in: .live, until: Deadline(in: .seconds(5)), commands: Controller {})
        #expect(left.run { step, progress in step != .erase || progress == nil }.result == .sanitizing)
    }
}
