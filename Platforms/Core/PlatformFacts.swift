internal import Documents
internal import Kernel
public import SystemPackage

/// What detection reads of a machine, and nothing else: no network, no process, no ioctl.
///
/// `slipway platform facts --json` prints it; every key may be missing, or null, in a document that is read.
public struct PlatformFacts: Hashable, Sendable {
    /// The SMBIOS strings that providers sign with: files of `/sys/class/dmi/id`.
    public enum DMIField: String, Hashable, Sendable, CaseIterable {
        case systemVendor = "sys_vendor"
        case productName = "product_name"
        case productSerial = "product_serial"
        case productUUID = "product_uuid"
        case productVersion = "product_version"
        case boardVendor = "board_vendor"
        case boardName = "board_name"
        case chassisAssetTag = "chassis_asset_tag"
        case biosVendor = "bios_vendor"
        case biosVersion = "bios_version"
    }

    /// Fields that are absent, empty or may not be read (the serial and the UUID are root's alone) are missing.
    public var dmi: [DMIField: String] = [:]
    /// `/sys/hypervisor/uuid`: Xen's name for the guest; all zeros in dom0.
    public var hypervisorUUID: String?
    /// As systemd-detect-virt(1) names it: `none`, `kvm`, `qemu`, `xen`, `vmware`, `microsoft`, `oracle`, …; nil for not known.
    public var virtualization: String?
    /// File system labels of the block devices that were probed.
    public var blockLabels: [String] = []
    /// Names of virtio console ports.
    public var virtioPorts: [String] = []
    /// Names of QEMU's fw_cfg items: `opt/org.slipway/config`.
    public var fwCfg: [String] = []
    /// `/proc/cmdline`.
    public var commandLine: String?
    /// Whether we run in a container: what the files of `/sys` say is then its host's.
    public var isContainer = false

    public init() {}
}

extension PlatformFacts: Codable {
    private enum CodingKeys: String, CodingKey {
        case dmi
        case hypervisorUUID = "hypervisor_uuid"
        case virtualization
        case blockLabels = "block_labels"
        case virtioPorts = "virtio_ports"
        case fwCfg = "fw_cfg"
        case commandLine = "cmdline"
        case isContainer = "container"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let fields = try container.decodeIfPresent([String: String?].self, forKey: .dmi) ?? [:]
        for field in DMIField.allCases {
            if let value = fields[field.rawValue] ?? nil, !value.isEmpty { dmi[field] = value }
        }
        hypervisorUUID = try container.decodeIfPresent(String.self, forKey: .hypervisorUUID)
        virtualization = try container.decodeIfPresent(String.self, forKey: .virtualization)
        blockLabels = try container.decodeIfPresent([String].self, forKey: .blockLabels) ?? []
        virtioPorts = try container.decodeIfPresent([String].self, forKey: .virtioPorts) ?? []
        fwCfg = try container.decodeIfPresent([String].self, forKey: .fwCfg) ?? []
        commandLine = try container.decodeIfPresent(String.self, forKey: .commandLine)
        isContainer = try container.decodeIfPresent(Bool.self, forKey: .isContainer) ?? false
    }

    /// Writes every key; what is not known is null.
    public func encode(to encoder: any Encoder) throws {
        let fields = DMIField.allCases.map { ($0.rawValue, JSONValue(dmi[$0])) }
        let document: JSONValue = [
            "dmi": .object(Dictionary(fields) { first, _ in first }),
            "hypervisor_uuid": JSONValue(hypervisorUUID),
            "virtualization": JSONValue(virtualization),
            "block_labels": JSONValue(blockLabels),
            "virtio_ports": JSONValue(virtioPorts),
            "fw_cfg": JSONValue(fwCfg),
            "cmdline": JSONValue(commandLine),
            "container": .bool(isContainer),
        ]
        try document.encode(to: encoder)
    }
}

extension PlatformFacts {
    /// The most that a facts document may be, in bytes.
    public static let documentLimit = 1 << 20

    /// Reads a facts document. Throws ``PlatformError/Kind/badFacts(_:)`` with the parser's words.
    public init(document: [UInt8]) throws(PlatformError) {
        guard document.count <= Self.documentLimit else {
            throw PlatformError(.badFacts("the document is larger than \(Self.documentLimit) bytes"))
        }
        do {
            self = try JSONText.decode(PlatformFacts.self, from: document)
        } catch {
            throw PlatformError(.badFacts(error.problem))
        }
    }

    /// Reads a facts document from a file of this machine (`--facts FILE`).
    public init(readingDocument path: FilePath) throws(PlatformError) {
        let bytes: [UInt8]
        do {
            bytes = try LiveFiles().contents(of: path, limit: Self.documentLimit + 1)
        } catch {
            throw PlatformError(.unreadable(error))
        }
        try self.init(document: bytes)
    }
}
