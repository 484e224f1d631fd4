namespace PromptAD.Server.Judging;

/// <summary>Judges pictures: this process, or the nodes of a cluster.</summary>
internal interface IPictureJudge
{
    /// <summary>Judges a picture. The caller has a place of <see cref="Judge"/>.</summary>
    /// <exception cref="PromptADException">The picture cannot be judged.</exception>
    Task<Judged> JudgeAsync(PictureToJudge picture);

    /// <summary>Brings a detector into memory where the pictures of its product are judged.</summary>
    /// <param name="product">The product.</param>
    /// <param name="fileHash">The detector's file.</param>
    /// <param name="cancellation">Ends waiting for it.</param>
    /// <exception cref="PromptADException">The file is no detector, or its backbone is not there.</exception>
    Task PrepareAsync(string product, string fileHash, CancellationToken cancellation);
}

/// <summary>A picture to be judged.</summary>
/// <param name="Product">What it shows.</param>
/// <param name="FileHash">The detector's file.</param>
/// <param name="PictureHash">Its bytes in the store.</param>
/// <param name="Bytes">The same bytes.</param>
/// <param name="Media">What they are.</param>
/// <param name="Kept">Done when the bytes are in the store.</param>
internal sealed record PictureToJudge(
    string Product, string FileHash, string PictureHash, ReadOnlyMemory<byte> Bytes, PictureMedia Media, Task Kept);
