internal import Kernel
internal import SystemPackage

/// What erases an NVMe namespace (NVM Express base specification 2.0, NVM command set 1.0): identify, format, sanitize, its log.
struct NVMe {
    let commands: any DeviceCommands
    let namespace: UInt32

    init(_ commands: any DeviceCommands) throws(OSError) {
        self.commands = commands
        namespace = try commands.nvmeNamespace()
    }

    /// Identify Controller's fields (figure 275).
    struct Controller: Hashable {
        /// OACS bit 1.
        let hasFormat: Bool
        /// FNA bits 0 and 1: a format, or a format that erases, is of all namespaces.
        let formatsAllNamespaces: Bool
        /// FNA bit 2.
        let formatsCryptographically: Bool
        /// SANICAP bits 0, 1 and 2.
        let sanitizesCryptographically: Bool
        let sanitizesBlocks: Bool
        let sanitizesByOverwriting: Bool

        init(_ page: [UInt8]) {
            hasFormat = page[256] & 2 != 0
            formatsAllNamespaces = page[524] & 3 != 0
            formatsCryptographically = page[524] & 4 != 0
            let sanitize = page.little(328, as: UInt32.self)
            sanitizesCryptographically = sanitize & 1 != 0
            sanitizesBlocks = sanitize & 2 != 0
            sanitizesByOverwriting = sanitize & 4 != 0
        }

        var sanitizes: Bool { sanitizesCryptographically || sanitizesBlocks || sanitizesByOverwriting }
    }

    func controller() throws(OSError) -> Controller { Controller(try identify(1, of: 0)) }

    /// Of all active namespaces (CNS 2), 1,024 at most.
    func activeNamespaces() throws(OSError) -> [UInt32] {
        let page = try identify(2, of: 0)
        return stride(from: 0, to: 4096, by: 4).map { page.little($0, as: UInt32.self) }.filter { $0 != 0 }
    }

    /// Format NVM's low words for the format that the namespace has now: its LBA format, metadata and protection stay.
    private func currentFormat() throws(OSError) -> UInt32 {
        let page = try identify(0, of: namespace)
        let sizes = page[26]
        let index = UInt32(sizes & 0x0F)
        let upper = UInt32(sizes >> 5 & 3)
        let metadata = UInt32(sizes >> 4 & 1)
        let protection = page[29]
        return index | metadata << 4 | UInt32(protection & 7) << 5 | UInt32(protection >> 3 & 1) << 8 | upper << 12
    }

    private func identify(_ structure: UInt32, of namespace: UInt32) throws(OSError) -> [UInt8] {
        var command = NVMeAdminCommand(opcode: 0x06)
        command.namespace = namespace
        command.cdw10 = structure
        var page = [UInt8](repeating: 0, count: 4096)
        try commands.nvmeAdmin(command, data: &page)
        return page
    }

    /// SES of Format NVM: 1 erases the user data, 2 the key.
    enum Erase: UInt32 {
        case userData = 1
        case cryptographic = 2
    }

    /// Formats the namespace as it is formatted now, and erases it. It returns when that is done.
    func format(_ erase: Erase, timeout: Duration) throws(OSError) {
        var command = NVMeAdminCommand(opcode: 0x80)
        command.namespace = namespace
        command.cdw10 = try currentFormat() | erase.rawValue << 9
        command.timeout = timeout
        var none: [UInt8] = []
        try commands.nvmeAdmin(command, data: &none)
    }

    /// SANACT.
    enum Sanitize: UInt32 {
        case exitFailureMode = 1
        case block = 2
        case overwrite = 3
        case cryptographic = 4
    }

    /// Begins; it goes on in the controller, a reset and a power cycle included.
    func sanitize(_ action: Sanitize) throws(OSError) {
        var command = NVMeAdminCommand(opcode: 0x84)
        // One pass, and no deallocation afterwards is left to the controller.
        command.cdw10 = action.rawValue | (action == .overwrite ? 1 << 4 : 0)
        var none: [UInt8] = []
        try commands.nvmeAdmin(command, data: &none)
    }

    /// The sanitize status log (log page 0x81, figure 226).
    struct SanitizeStatus: Hashable {
        enum State: UInt8 {
            case never = 0
            case done = 1
            case running = 2
            case failed = 3
            case doneDeallocated = 4
        }
        let state: State?
        /// Of 65,536.
        let progress: UInt16
        /// SANACT of the last one.
        let action: UInt32
    }

    func sanitizeStatus() throws(OSError) -> SanitizeStatus {
        var command = NVMeAdminCommand(opcode: 0x02)
        command.namespace = .max
        // NUMDL counts double words from zero.
        command.cdw10 = 0x81 | (512 / 4 - 1) << 16
        var page = [UInt8](repeating: 0, count: 512)
        try commands.nvmeAdmin(command, data: &page)
        return SanitizeStatus(
            state: SanitizeStatus.State(rawValue: page[2] & 7), progress: page.little(0),
            action: page.little(4, as: UInt32.self) & 7)
    }
}

/// The status field of a completion, as NVME_IOCTL_ADMIN_CMD returns it: code, type, and the bits above.
struct NVMeStatus: Hashable {
    let rawValue: UInt16

    var words: String {
        let known: [UInt16: String] = [
            0x001: "invalid opcode", 0x002: "invalid field", 0x00B: "invalid namespace or format",
            0x01C: "a sanitize failed", 0x01D: "a sanitize is in progress", 0x020: "namespace is write protected",
            0x10A: "invalid format", 0x084: "format in progress", 0x286: "access denied",
        ]
        let code = rawValue & 0x7FF
        return (known[code] ?? "the controller refused it") + " (0x\(String(code, radix: 16)))"
    }

    func error(_ opcode: UInt8, _ subject: String) -> OSError {
        let unsupported = rawValue & 0x7FF == 1 || rawValue & 0x7FF == 2
        return OSError(
            operation: "NVMe admin command 0x\(String(opcode, radix: 16)): \(words)",
            errno: unsupported ? .notSupported : .ioError, subject: subject)
    }
}
