using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace PromptAD.Cli.Tests;

/// <summary>A detector file taken apart without the library: 8 bytes of length, a JSON header, the tensors.</summary>
internal static class DetectorFile
{
    private const string Key = "promptad";

    /// <summary>The detector's own JSON and the bytes of its tensors.</summary>
    public static (string Metadata, byte[] Tensors) Read(string path)
    {
        (JsonObject header, byte[] tensors) = Split(path);
        return (header["__metadata__"]![Key]!.GetValue<string>(), tensors);
    }

    /// <summary>Writes a copy whose own JSON has been changed, as programs did that knew no checksum.</summary>
    public static void Change(string path, string copy, Action<JsonObject> change)
    {
        (JsonObject header, byte[] tensors) = Split(path);
        JsonObject metadata = JsonNode.Parse(header["__metadata__"]![Key]!.GetValue<string>())!.AsObject();
        change(metadata);
        header["__metadata__"] = new JsonObject { [Key] = metadata.ToJsonString() };
        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString()), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(copy, [.. length, .. json, .. tensors]);
    }

    private static (JsonObject Header, byte[] Tensors) Split(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return (JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject(), bytes[(8 + length)..]);
    }
}
