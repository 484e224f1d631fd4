using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;

namespace PromptAD.Tests.Imaging;

/// <summary>ImageMagick's program: another reader and writer of all formats, with libraries of its own.</summary>
internal static class ImageMagick
{
    private const int LongestRun = 20_000; // milliseconds

    /// <summary>Where the program is; null where there is none.</summary>
    public static string? Program { get; } = new[] { "/usr/bin/magick", "/usr/bin/convert" }.FirstOrDefault(File.Exists);

    /// <summary>Skips a test, and says so, where it is not installed.</summary>
    public static void Demand()
    {
        if (Program is null) Console.Error.WriteLine("SKIPPED: no ImageMagick in /usr/bin; 'apt-get install imagemagick' brings it.");
        Assert.SkipWhen(Program is null, "No ImageMagick in /usr/bin; 'apt-get install imagemagick' brings it.");
    }

    /// <summary>Writes a picture of 16 bits a channel with some options.</summary>
    /// <param name="source">The picture, as <see cref="Noise"/> makes it.</param>
    /// <param name="options">As on the command line.</param>
    /// <param name="path">The file, with a format before it and a colon if need be.</param>
    /// <returns>Whether it could.</returns>
    public static bool Write(string source, string options, string path) =>
        Run([source, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), path]) is not null;

    /// <summary>The upper 8 bits of red, green and blue of a file; null where it cannot be read without complaint.</summary>
    public static byte[]? Read(string path)
    {
        byte[]? samples = Run([$"{path}[0]", "-alpha", "off", "-depth", "16", "-endian", "MSB", "rgb:-"]);
        return samples is null ? null : [.. samples.Where((_, i) => i % 2 == 0)];
    }

    /// <summary>A picture of 16 bits a channel: blocks, and noise that files must not lose.</summary>
    public static void Noise(string path, int width, int height, Random random)
    {
        var samples = new byte[width * height * 6];
        for (int i = 0; i < samples.Length / 2; i++)
        {
            int block = (i / 3 % width / 5 * 9000) + (i / 3 / width / 4 * 7000) + (i % 3 * 15000);
            BinaryPrimitives.WriteUInt16BigEndian(samples.AsSpan(2 * i), (ushort)(block + random.Next(9000)));
        }
        File.WriteAllBytes(path, [.. System.Text.Encoding.ASCII.GetBytes($"P6\n{width} {height}\n65535\n"), .. samples]);
    }

    private static byte[]? Run(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MAGICK_THREAD_LIMIT"] = "1";
        using Process process = Process.Start(start) ?? throw new Win32Exception();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        Task copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        if (!process.WaitForExit(LongestRun))
        {
            process.Kill();
            return null;
        }
        copying.Wait();
        return process.ExitCode == 0 && errors.Result.Length == 0 ? output.ToArray() : null;
    }
}
