using System.Reflection;
using System.Runtime.InteropServices;
using PromptAD.Onnx;
using TorchSharp;

namespace PromptAD.Training;

/// <summary>
/// The native libraries that training needs, and their settings. TorchSharp itself is touched only when they are loaded: where it fails, it
/// fails for good, prints its search to the console, and copies half a gigabyte from the NuGet cache beside the program.
/// </summary>
internal static class NativeLibraries
{
    private const string Engine = "torch_cpu", Binding = "LibTorchSharp";
    private static readonly Lazy<bool> Loaded = new(LoadAll); // keeps an error as well
    private static readonly string LibtorchVersion = typeof(NativeLibraries).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "LibtorchVersion").Value!;

    /// <summary>Makes the settings, where the user has not made them, and loads the libraries. Later calls cost nothing.</summary>
    /// <remarks>
    /// Settings are read from the environment once, so they must be made before libtorch is loaded. Waiting threads sleep instead of spin:
    /// on a machine that does other work as well, spinning threads hold the cores that the others need. Training a small model beside three
    /// busy processes took 60 s spinning and 6 s sleeping. Matrix products repeat to the last bit: else they depend on where memory happens
    /// to lie, and the learned prompts with them.
    /// </remarks>
    /// <exception cref="PromptADException">
    /// A library is missing, is of another version, or cannot be loaded here. The message says which package to add.
    /// </exception>
    public static void Load() => _ = Loaded.Value;

    /// <summary>The package of libtorch for a system and its processor; null where there is none.</summary>
    internal static string? PackageFor(string runtime) =>
        runtime is "linux-x64" or "win-x64" or "osx-arm64" ? $"libtorch-cpu-{runtime}" : null;

    /// <summary>What is wrong with a library that cannot be loaded, and what to do.</summary>
    /// <param name="runtime">The system and its processor, as .NET names them.</param>
    /// <param name="library">The library's plain name.</param>
    /// <param name="reason">What the loader says of it; null where no such file is.</param>
    internal static string Explain(string runtime, string library, string? reason)
    {
        if (PackageFor(runtime) is not { } package)
        {
            return $"Training runs on Linux x64, Windows x64 and macOS arm64, but this is {runtime}. Train on one of them and copy the "
                + "detector here; predicting needs no libtorch.";
        }
        string add = $"dotnet add package {package} --version {LibtorchVersion}";
        if (reason is null)
        {
            string missing = library == Engine ? $"libtorch, package {package} {LibtorchVersion}" : $"TorchSharp's library '{library}'";
            return $"Training needs {missing}, which is not among this application's files. Add it to the application's own project, "
                + $"not to a library: '{add}'.";
        }
        return reason.Contains("GLIBC", StringComparison.Ordinal)
            ? $"Training needs '{library}', which asks for a newer system ({reason}). Reference the package PromptAD.Training in the "
                + $"application's own project and build that with '-r {runtime}', which takes the demand away, or use a newer system."
            : $"Training needs '{library}', which cannot be loaded here ({reason}). Take {package} in version {LibtorchVersion}: '{add}'.";
    }

    /// <summary>What is wrong with a libtorch of another version; null if nothing is.</summary>
    /// <param name="runtime">The system and its processor, as .NET names them.</param>
    /// <param name="found">Its version, as <c>aoti_torch_abi_version</c> says it: major, minor and patch in the highest bytes.</param>
    internal static string? ExplainVersion(string runtime, ulong found)
    {
        var version = new Version((int)(found >> 56), (int)(found >> 48 & 0xff));
        var wanted = Version.Parse(LibtorchVersion);
        if (version.Major == wanted.Major && version.Minor == wanted.Minor) return null;
        string said = found == 0 ? "of an older version" : $"version {version}";
        return $"The libtorch of this application is {said}, but TorchSharp {TorchSharpVersion} goes with {LibtorchVersion} alone. Add "
            + $"that: 'dotnet add package {PackageFor(runtime)} --version {LibtorchVersion}'.";
    }

    private static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version!.ToString(3);

    /// <summary>Whether the application has the TorchSharp that this library was built with, not another of its own choice.</summary>
    private static bool IsKnownTorchSharp => typeof(NativeLibraries).Assembly.GetReferencedAssemblies()
        .Any(reference => reference.FullName == typeof(torch).Assembly.FullName);

    private static bool LoadAll()
    {
        if (OperatingSystem.IsLinux())
        {
            NativeEnvironment.SetDefault("OMP_WAIT_POLICY", "passive");
            NativeEnvironment.SetDefault("MKL_CBWR", "AUTO,STRICT");
        }
        string runtime = RuntimeOf(RuntimeInformation.ProcessArchitecture);
        nint engine = LoadOne(runtime, Engine);
        if (IsKnownTorchSharp && ExplainVersion(runtime, VersionOf(engine)) is { } problem) throw new PromptADException(
            Problem.Environment,
            problem);
        _ = LoadOne(runtime, Binding);
        return true;
    }

    private static nint LoadOne(string runtime, string library)
    {
        try
        {
            return NativeLibrary.Load(library, typeof(torch).Assembly, null);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // Where there is no file, the cause lists a dozen places without one.
            throw Find(library) is { } path
                ? new PromptADException(Problem.Environment, Explain(runtime, library, ReasonOf(path, e)), e)
                : new PromptADException(Problem.Environment, Explain(runtime, library, reason: null));
        }
    }

    /// <summary>The version in the highest three bytes; 0 of a libtorch that is too old to tell.</summary>
    private static unsafe ulong VersionOf(nint engine)
    {
        if (NativeLibrary.TryGetExport(engine, "aoti_torch_abi_version", out nint version)) return ((delegate* unmanaged<ulong>)version)();
        // Seen on Linux alone; where it might be hidden, nothing is said against the library.
        return OperatingSystem.IsLinux() ? 0 : Pack(Version.Parse(LibtorchVersion));
    }

    private static ulong Pack(Version version) => ((ulong)version.Major << 56) | ((ulong)version.Minor << 48);

    /// <summary>The file of a library where the runtime looks for it; null if there is none.</summary>
    private static string? Find(string library)
    {
        string file = OperatingSystem.IsWindows() ? $"{library}.dll"
            : OperatingSystem.IsMacOS() ? $"lib{library}.dylib"
            : $"lib{library}.so";
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(AppContext.BaseDirectory)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    /// <summary>What the loader says of a file, in one line: asked for it alone, it does not list all the places where it looked.</summary>
    private static string ReasonOf(string path, Exception first)
    {
        try
        {
            _ = NativeLibrary.Load(path);
            return OneLine(first.Message);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return OneLine(e.Message);
        }
    }

    private static string OneLine(string message) =>
        message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[^1].TrimEnd('.');

    private static string RuntimeOf(Architecture processor)
    {
        string system = OperatingSystem.IsLinux() ? "linux"
            : OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "unknown";
        return $"{system}-{processor.ToString().ToLowerInvariant()}";
    }
}
