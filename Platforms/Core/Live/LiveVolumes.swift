internal import FileSystems
public import Kernel
internal import SystemPackage

/// The volumes of a host's block devices, read without mounting them.
public struct LiveVolumes: VolumeFinder {
    private let host: HostRoot
    /// How long the devices have to say what they are.
    private let patience: Duration

    public init(_ host: HostRoot, patience: Duration = .seconds(3)) {
        self.host = host
        self.patience = patience
    }

    /// What cannot be read, and what has no file system that is read here, has no label.
    public func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume] {
        let host = host
        let devices = LabeledDevice.all(of: host).filter { device in
            // Who knows of another label is not asked.
            device.labelByUdev(on: host).map { Self.isOne($0, of: labels) } ?? true
        }
        return DeviceSurvey.ask(devices, until: Deadline(in: patience)) { device in
            guard let reader = device.open(on: host), let label = reader.label, Self.isOne(label, of: labels) else {
                return nil
            }
            return LiveVolume(name: device.path.string, label: label, reader: reader)
        }
    }
}

private struct LiveVolume: ConfigurationVolume {
    let name: String
    let label: String
    let reader: VolumeReader

    func contents(of path: String, limit: Int) throws(PlatformError) -> [UInt8]? {
        do throws(VolumeError) {
            return try reader.contentsIfPresent(of: path, limit: limit)
        } catch {
            throw failure(error)
        }
    }

    func entries(of path: String) throws(PlatformError) -> [String]? {
        do throws(VolumeError) {
            return try reader.entries(of: path).map(\.name)
        } catch {
            if error.problem == .notFound { return nil }
            throw failure(error)
        }
    }

    private func failure(_ error: VolumeError) -> PlatformError {
        PlatformError(.nonsense(error.description), url: name, hint: "make the volume anew")
    }
}
