public import SystemPackage

/// The directory of the repository.
public func sourceRoot() -> FilePath {
    FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
}
