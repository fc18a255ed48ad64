import BlockDevices
import Kernel
import Synchronization
import SystemPackage

/// A device that answers commands from closures and keeps what it was asked.
final class FakeDevice: DeviceCommands {
    struct State: Sendable {
        var nvme: [NVMeAdminCommand] = []
        var scsi: [(block: [UInt8], data: [UInt8])] = []
        var ranges: [(request: RangeRequest, range: Range<UInt64>)] = []
    }

    private let state = Mutex(State())
    private let nvmeAnswer: @Sendable (NVMeAdminCommand, inout [UInt8]) throws(OSError) -> Void
    private let scsiAnswer: @Sendable ([UInt8], inout [UInt8]) -> SCSIAnswer
    private let rangeAnswer: @Sendable (Range<UInt64>) throws(OSError) -> Void
    private let discardsSecurely: Bool

    init(
        nvme: @escaping @Sendable (NVMeAdminCommand, inout [UInt8]) throws(OSError) -> Void = {
            _, _ throws(OSError) in throw OSError(operation: "NVMe", errno: .inappropriateIOCTLForDevice)
        },
        scsi: @escaping @Sendable ([UInt8], inout [UInt8]) -> SCSIAnswer = { _, _ in .unknown },
        range: @escaping @Sendable (Range<UInt64>) throws(OSError) -> Void = { _ throws(OSError) in },
        discardsSecurely: Bool = false
    ) {
        (nvmeAnswer, scsiAnswer, rangeAnswer) = (nvme, scsi, range)
        self.discardsSecurely = discardsSecurely
    }

    var asked: State { state.withLock { $0 } }

    func nvmeAdmin(_ command: NVMeAdminCommand, data: inout [UInt8]) throws(OSError) {
        state.withLock { $0.nvme.append(command) }
        try nvmeAnswer(command, &data)
    }

    func nvmeNamespace() throws(OSError) -> UInt32 { 1 }

    func scsi(_ command: SCSICommand, data: inout [UInt8]) throws(OSError) -> SCSIAnswer {
        let sent = command.isToDevice ? data : []
        state.withLock { $0.scsi.append((command.block, sent)) }
        return scsiAnswer(command.block, &data)
    }

    func range(_ request: RangeRequest, _ range: Range<UInt64>) throws(OSError) {
        state.withLock { $0.ranges.append((request, range)) }
        try rangeAnswer(range)
    }

    func hasSecureDiscard() -> Bool { discardsSecurely }
}

extension SCSIAnswer {
    /// ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE.
    static var unknown: SCSIAnswer { SCSIAnswer(status: 2, sense: SCSISense(key: 5, code: 0x20, qualifier: 0)) }
    static var good: SCSIAnswer { SCSIAnswer() }
}

extension Disk {
    /// One of a tree, with 1 GiB.
    static func fake(_ place: String, _ attributes: [String: String] = [:]) throws -> Disk {
        let tree = try SysfsTree()
        let all = ["dev": "8:0", "ro": "0", "removable": "0", "queue/logical_block_size": "512"]
        try tree.disk(place, sectors: "2097152", all.merging(attributes) { _, new in new })
        guard let disk = Disk.all(in: tree.root).first else {
            throw OSError(operation: "disk", errno: .noSuchFileOrDirectory, subject: place)
        }
        return disk
    }

    static func nvme() throws -> Disk { try fake("pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1") }
    static func sata() throws -> Disk {
        try fake("pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda")
    }
    static func sas() throws -> Disk {
        try fake("pci0000:00/0000:00:05.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0/block/sda")
    }
}
