using System.Security.Cryptography;
using PromptAD.Encoders;

namespace PromptAD.Evaluation.Features;

/// <summary>
/// Keeps the features of every picture that it encodes, and encodes none twice: in this run or, since they lie in a folder, in another one.
/// For one thread at a time.
/// </summary>
/// <param name="inner">What encodes; stays with the caller.</param>
/// <param name="store">Where features are kept.</param>
internal sealed class StoringEncoder(IPatchEncoder inner, FeatureStore store) : IPatchEncoder
{
    /// <inheritdoc/>
    public EncoderInfo Info => inner.Info;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        string key = store.KeyOf($"planes {Convert.ToHexStringLower(SHA256.HashData(picture))}");
        if (store.Find(key) is { } known)
        {
            features.Fill(known);
            return;
        }
        inner.Encode(picture, features, cancellation);
        PictureFeatures copy = PictureFeatures.Room(Info);
        copy.Fill(features);
        store.Add(key, copy);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
