using System.IO.Compression;
using System.Runtime.InteropServices;

namespace PromptAD.Tests.Checkpoints;

/// <summary>Puts a pickle and storages into the containers of torch.save.</summary>
internal static class TorchFiles
{
    public const string Zip = "zip", CompressedZip = "compressed zip", Legacy = "legacy";
    public static readonly string[] Containers = [Zip, CompressedZip, Legacy];

    public static byte[] Write(string container, byte[] pickle, params (string Key, byte[] Bytes, int ElementSize)[] storages)
    {
        if (container == Legacy) return WriteLegacy(pickle, storages);
        CompressionLevel level = container == Zip ? CompressionLevel.NoCompression : CompressionLevel.Optimal;
        IEnumerable<(string, byte[])> data = storages.Select(storage => ($"m/data/{storage.Key}", storage.Bytes));
        return WriteZip(level, [("m/data.pkl", pickle), ("m/byteorder", "little"u8.ToArray()), .. data]);
    }

    public static byte[] WriteZip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream stream = archive.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }
        return file.ToArray();
    }

    public static byte[] WriteLegacy(byte[] pickle, (string Key, byte[] Bytes, int ElementSize)[] storages, bool littleEndian = true)
    {
        var machine = new PickleWriter().Op('}').Text("little_endian").Bytes((byte)(littleEndian ? 0x88 : 0x89)).Op('s');
        var keys = new PickleWriter().Op(']').Op('(');
        foreach ((string key, _, _) in storages) keys.Text(key);
        using var file = new MemoryStream();
        file.Write([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.']);
        file.Write(new PickleWriter().Number(1001).ToArray());
        file.Write(machine.ToArray());
        file.Write(pickle);
        file.Write(keys.Op('e').ToArray());
        foreach ((_, byte[] bytes, int size) in storages)
        {
            file.Write(BitConverter.GetBytes((long)(bytes.Length / size)));
            file.Write(bytes);
        }
        return file.ToArray();
    }

    public static byte[] Floats(int count, Func<int, float>? value = null) =>
        MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(value ?? (i => i))]).ToArray();
}
