using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PromptAD.Files;

/// <summary>
/// SHA-256 of what a safetensors file holds: texts, and tensors with name, type and shape, both in the order of their names. Neither the
/// order in the file nor the way its header is written has a part in it.
/// </summary>
internal static class ContentHash
{
    /// <summary>The hash, 64 small hexadecimal digits.</summary>
    /// <param name="texts">The header's texts, without the one that is to hold the hash.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="append">Appends a tensor's bytes as they are stored.</param>
    public static string Of(
        IEnumerable<KeyValuePair<string, string>> texts,
        IEnumerable<TensorEntry> tensors,
        Action<TensorEntry, IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string text) in texts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(hash, key);
            Append(hash, text);
        }
        foreach (TensorEntry entry in tensors.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Append(hash, entry.Name);
            Append(hash, $"{SafetensorsFile.NameOf(entry.Type)} {entry.ShapeText}");
            append(entry, hash);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>With its length before it, so that no text runs into the next.</summary>
    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
