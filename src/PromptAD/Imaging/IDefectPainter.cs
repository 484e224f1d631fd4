namespace PromptAD.Imaging;

/// <summary>
/// Paints defects into copies of good pictures, by which training finds how much words count beside the memory. Safe to use from several
/// threads at once.
/// </summary>
public interface IDefectPainter
{
    /// <summary>Paints a defect into a copy of a picture.</summary>
    /// <param name="planes">The picture: 8-bit planes of red, green and blue, (3, size, size).</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="number">
    /// Names the defect: its kind, size, contrast and place. The same picture and number give the same bytes.
    /// </param>
    /// <returns>The copy, (3, size, size).</returns>
    byte[] Paint(ReadOnlySpan<byte> planes, int size, int number);
}
