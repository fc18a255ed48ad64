internal import FileSystems
public import Kernel

extension PlatformFacts {
    /// The labels of the volumes that somebody may have attached for the machine to find: of drives with a removable medium, and of disks up to
    /// 1 GiB. udev's database is asked first, the devices where it knows nothing; one that does not answer by `deadline` is left out.
    public static func blockLabels(of host: HostRoot, until deadline: Deadline) -> [String] {
        DeviceSurvey.ask(LabeledDevice.attached(to: host), until: deadline) { device in
            guard let label = device.labelByUdev(on: host) ?? device.open(on: host)?.label, !label.isEmpty else {
                return nil
            }
            return label
        }
    }
}

extension PlatformDetector {
    /// Judges a host. Volumes are looked at only where nothing else decides: no label weighs more than a provider's or a hypervisor's own
    /// mark, and reading a drive may take as long as its medium takes to turn.
    public func verdict(
        reading host: HostRoot, patience: Duration = .seconds(1)
    ) throws(PlatformError) -> PlatformVerdict {
        var facts = PlatformFacts(reading: host)
        let first = try verdict(on: facts)
        guard first.isWeak else { return first }
        facts.blockLabels = PlatformFacts.blockLabels(of: host, until: Deadline(in: patience))
        return facts.blockLabels.isEmpty ? first : try verdict(on: facts)
    }
}

extension PlatformVerdict {
    /// Whether a label, a port or an item that shows later could change it.
    public var isWeak: Bool {
        !signals.contains { $0.platform == platform && $0.weight > PlatformMark.Strength.attached.rawValue }
    }
}
