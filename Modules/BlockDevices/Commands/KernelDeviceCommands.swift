internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

/// Commands to a device that is open here, by ioctl(2).
public struct KernelDeviceCommands: DeviceCommands {
    private let device: DeviceVolume
    private let subject: String

    /// - Parameter device: of an opening for writing, where anything is to change.
    public init(_ device: DeviceVolume, subject: String) {
        self.device = device
        self.subject = subject
    }

    public func nvmeAdmin(_ command: NVMeAdminCommand, data: inout [UInt8]) throws(OSError) {
        var bytes = data
        let status = try device.withDescriptor { (descriptor) throws(OSError) in
            try systemCall("NVME_IOCTL_ADMIN_CMD", on: subject) {
                // SAFETY: the buffer has the length that the command is given, and lives through the call.
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    var words = unsafe sw_nvme_command(
                        opcode: command.opcode, nsid: command.namespace, cdw10: command.cdw10,
                        data: buffer.isEmpty ? nil : buffer.baseAddress,
                        length: UInt32(buffer.count), timeout_ms: command.timeout.wholeMilliseconds)
                    return unsafe sw_nvme_admin(descriptor, &words)
                }
            }
        }
        guard status == 0 else {
            throw NVMeStatus(rawValue: UInt16(truncatingIfNeeded: status)).error(command.opcode, subject)
        }
        data = bytes
    }

    public func nvmeNamespace() throws(OSError) -> UInt32 {
        try device.withDescriptor { (descriptor) throws(OSError) in
            UInt32(try systemCall("NVME_IOCTL_ID", on: subject) { sw_nvme_namespace(descriptor) })
        }
    }

    public func scsi(_ command: SCSICommand, data: inout [UInt8]) throws(OSError) -> SCSIAnswer {
        var raw = sw_scsi_answer()
        var bytes = data
        let block = command.block
        try device.withDescriptor { (descriptor) throws(OSError) in
            _ = try systemCall("SG_IO", on: subject) {
                // SAFETY: both buffers have the lengths that the command is given, and live through the call.
                unsafe block.withUnsafeBufferPointer { block in
                    unsafe bytes.withUnsafeMutableBytes { buffer in
                        var words = unsafe sw_scsi_command(
                            cdb: block.baseAddress, cdb_length: UInt8(clamping: block.count),
                            to_device: command.isToDevice ? 1 : 0, data: buffer.isEmpty ? nil : buffer.baseAddress,
                            length: UInt32(buffer.count), timeout_ms: command.timeout.wholeMilliseconds)
                        return unsafe sw_scsi(descriptor, &words, &raw)
                    }
                }
            }
        }
        data = bytes
        // SAFETY: the sense data's length is the kernel's, of at most the field's.
        let sense = unsafe withUnsafeBytes(of: &raw.sense) { unsafe Array($0.prefix(Int(raw.sense_length))) }
        return SCSIAnswer(status: raw.status, host: raw.host, sense: SCSISense(sense))
    }

    public func range(_ request: RangeRequest, _ range: Range<UInt64>) throws(OSError) {
        let (which, name): (sw_block_range, StaticString) =
            switch request {
            case .discard: (SW_BLOCK_DISCARD, "BLKDISCARD")
            case .zero: (SW_BLOCK_ZERO, "BLKZEROOUT")
            case .secureDiscard: (SW_BLOCK_SECURE_DISCARD, "BLKSECDISCARD")
            }
        let length = range.upperBound - range.lowerBound
        try device.withDescriptor { (descriptor) throws(OSError) in
            _ = try systemCall(name, on: subject) { sw_block_range(descriptor, which, range.lowerBound, length) }
        }
    }

    public func hasSecureDiscard() -> Bool {
        let answer = try? device.withDescriptor { (descriptor) throws(OSError) in sw_has_secure_discard(descriptor) }
        return answer == 1
    }
}

extension Duration {
    /// For the kernel's 32 bits.
    fileprivate var wholeMilliseconds: UInt32 {
        let (seconds, attoseconds) = components
        return UInt32(
            clamping: seconds.multipliedReportingOverflow(by: 1_000).partialValue + attoseconds / 1_000_000_000_000_000)
    }
}
