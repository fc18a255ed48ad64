public import Documents
internal import Kernel
internal import SystemPackage

/// What a disk can do to erase itself, as it says itself: nothing is tried.
public struct EraseOffers: Hashable, Sendable {
    /// The best of each method first.
    public let operations: [EraseOperation]
    /// Why something that the device has is not to be used now.
    public let refusals: [String]
    /// A sanitize that somebody began and that goes on in the device; it survives resets.
    public let running: EraseOperation?
    /// Of one operation, where the device says how long it takes.
    let minutes: Int?
    let scsi: SCSI.Support

    /// Asks the device behind `commands`, which is `disk`.
    public init(of disk: Disk, _ commands: any DeviceCommands) {
        var asked = Asked()
        if disk.name.hasPrefix("nvme") || disk.transport == "nvme" {
            asked.nvme(commands)
        } else if disk.transport == "usb" {
            // As sd itself, which asks such a bridge for no pages and no list of commands (usb-storage's scsiglue.c).
            asked.refusals.append(
                "it is behind USB, and not asked for more: there are bridges that hang on what they do not know")
        } else if disk.name.hasPrefix("sd") {
            asked.scsi(commands, isSATA: disk.transport == "sata", subject: disk.path.string)
        }
        if commands.hasSecureDiscard() { asked.secure.append(.secureDiscard) }
        var all: [EraseOperation] = asked.secure
        let discards = disk.discardLimit.map { $0 > 0 } ?? false
        if discards { all.append(.discard) }
        if !discards {
            if asked.support.unmaps {
                all.append(.scsiUnmap)
            } else if asked.support.writesSame, asked.support.writesSameUnmapping {
                all.append(.scsiWriteSameUnmap)
            }
        }
        // Where the kernel has no offload of its own for a disk that has one.
        if asked.support.writesSame, disk.writeZeroesLimit == 0 { all.append(.scsiWriteSame) }
        operations = all + [.zero, .signatures]
        refusals = asked.refusals
        running = asked.running
        minutes = asked.minutes
        scsi = asked.support
    }

    /// The operation that carries `method` out.
    /// - Throws: ``DiskError/refused(_:_:)`` where the device lacks it: another one in its place would promise what is not so.
    public func operation(for method: WipeMethod, of disk: Disk) throws(DiskError) -> EraseOperation {
        if let running, method == .secure || method == .auto { return running }
        if let running {
            throw .refused(
                disk.path, "a sanitize (\(running.rawValue)) is in progress; --method secure waits for its end")
        }
        let wanted: [WipeMethod] = method == .auto ? [.secure, .zero] : [method]
        for one in wanted {
            if let operation = operations.first(where: { $0.method == one }) { return operation }
        }
        let reason =
            switch method {
            case .secure:
                refusals.isEmpty
                    ? "the device offers no secure erasure; --method zero writes zeros"
                    : refusals.joined(separator: "; ")
            case .discard: "the device has no discard; --method zero writes zeros"
            default: "the device has no \(method.rawValue)"
            }
        throw .refused(disk.path, reason)
    }

    /// What was learnt while it was asked.
    private struct Asked {
        var secure: [EraseOperation] = []
        var refusals: [String] = []
        var running: EraseOperation?
        var minutes: Int?
        var support = SCSI.Support()

        mutating func nvme(_ commands: any DeviceCommands) {
            do throws(OSError) {
                let nvme = try NVMe(commands)
                let controller = try nvme.controller()
                let others = try nvme.activeNamespaces().filter { $0 != nvme.namespace }.count
                if controller.sanitizes {
                    if others > 0 {
                        refusals.append("a sanitize would erase \(others) other namespaces of the device, too")
                    } else {
                        if controller.sanitizesBlocks { secure.append(.nvmeSanitizeBlock) }
                        if controller.sanitizesCryptographically { secure.append(.nvmeSanitizeCrypto) }
                    }
                    // A device that is busy sanitizing takes this command, and hardly any other.
                    let status = try nvme.sanitizeStatus()
                    if status.state == .running {
                        running =
                            switch NVMe.Sanitize(rawValue: status.action) {
                            case .overwrite: .nvmeSanitizeOverwrite
                            case .cryptographic: .nvmeSanitizeCrypto
                            default: .nvmeSanitizeBlock
                            }
                    }
                }
                if controller.hasFormat {
                    if controller.formatsAllNamespaces, others > 0 {
                        refusals.append("a format would erase \(others) other namespaces of the device, too")
                    } else {
                        secure.append(.nvmeFormatUserData)
                        if controller.formatsCryptographically { secure.append(.nvmeFormatCrypto) }
                    }
                }
                if controller.sanitizesByOverwriting, others == 0 { secure.append(.nvmeSanitizeOverwrite) }
            } catch {
                refusals.append("it cannot be asked: \(error)")
            }
        }

        mutating func scsi(_ commands: any DeviceCommands, isSATA: Bool, subject: String) {
            do throws(OSError) {
                let scsi = SCSI(commands: commands, subject: subject)
                support = try scsi.support()
                if support.sanitizesBlocks { secure.append(.scsiSanitizeBlock) }
                if support.sanitizesCryptographically { secure.append(.scsiSanitizeCrypto) }
                // Whatever it lists: a device that sanitizes itself may answer this question alone.
                do throws(OSError) {
                    if try scsi.sanitizeProgress() != nil { running = secure.first ?? .scsiSanitizeOverwrite }
                } catch {
                    refusals.append("\(error)")
                }
                if isSATA || support.isATA { try ata(commands, subject) }
                if support.sanitizesByOverwriting { secure.append(.scsiSanitizeOverwrite) }
            } catch {
                refusals.append("it cannot be asked: \(error)")
            }
        }

        private mutating func ata(_ commands: any DeviceCommands, _ subject: String) throws(OSError) {
            let ata = ATA(commands: commands, subject: subject)
            guard let identity = try ata.identity() else { return }
            var overwrites = false
            if identity.sanitizes {
                let status = try ata.sanitizeStatus()
                if status.isFrozen {
                    refusals.append("its sanitize commands are frozen until it loses power")
                } else {
                    if identity.sanitizesBlocks { secure.append(.ataSanitizeBlock) }
                    if identity.sanitizesCryptographically { secure.append(.ataSanitizeCrypto) }
                    overwrites = identity.sanitizesByOverwriting
                }
                if status.progress != nil { running = secure.first ?? .ataSanitizeOverwrite }
            }
            if identity.hasSecurity {
                if identity.isFrozen {
                    refusals.append(
                        "its security commands are frozen, by the firmware as a rule: let it lose power, or suspend the machine once"
                    )
                } else if identity.isEnabled {
                    refusals.append(
                        "it has a password already\(identity.isLocked ? " and is locked" : ""); an erasure of ours that was cut off leaves 'slipway'"
                    )
                } else {
                    if identity.hasEnhancedErase { secure.append(.ataEnhancedErase) }
                    secure.append(.ataErase)
                    minutes = identity.hasEnhancedErase ? identity.enhancedMinutes : identity.minutes
                }
            }
            if overwrites { secure.append(.ataSanitizeOverwrite) }
        }
    }
}

extension EraseOffers {
    public var document: JSONValue {
        [
            "methods": .array(operations.map { .string($0.rawValue) }),
            "not_offered": .array(refusals.map { .string($0) }), "in_progress": JSONValue(running?.rawValue),
        ]
    }
}
