using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>A run of elements that tensors share.</summary>
/// <param name="Key">Its name in the container.</param>
/// <param name="Type">How the elements are stored.</param>
/// <param name="Start">The first element that belongs to it.</param>
/// <param name="Count">The number of elements.</param>
internal sealed record TorchStorage(string Key, ElementType Type, long Start, long Count);

/// <summary>A tensor as PyTorch keeps it: a way to walk through a storage. All of it comes from a file and is to be checked.</summary>
/// <param name="Storage">The elements.</param>
/// <param name="Offset">The element of the storage that comes first.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Strides">For each dimension the elements from one index to the next.</param>
internal sealed record TorchView(TorchStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>PyTorch's own limit of dimensions.</summary>
    public const int MaximumRank = 64;

    /// <summary>The first element's place, counted from the start of the stored bytes.</summary>
    public long First => Storage.Start + Offset;

    /// <summary>Says what is wrong with the walk, or null if every step of it stays within the storage.</summary>
    /// <param name="storedBytes">The bytes that the container has for the storage, or -1.</param>
    /// <param name="fileBytes">The file's length; not even a tensor that repeats its elements may need more.</param>
    public string? Fault(long storedBytes, long fileBytes)
    {
        if (storedBytes < 0) return "has no elements in the file";
        if (Shape.Length != Strides.Length || Shape.Length > MaximumRank) return "has a broken shape";
        if (Offset < 0 || Shape.Any(size => size < 0) || Strides.Any(stride => stride < 0)) return "has a negative size, stride or offset";
        if ((Storage.Start + (Int128)Storage.Count) * Storage.Type.Size() > storedBytes) return "has a storage that is cut short";
        Int128 count = 1, last = Offset;
        for (int i = 0; i < Shape.Length; i++)
        {
            count *= Shape[i];
            last += (Int128)Math.Max(0, Shape[i] - 1) * Strides[i];
            if (count * sizeof(float) > Array.MaxLength) return "is larger than 2 GB";
        }
        if (count == 0) return null;
        if (last >= Storage.Count) return "lies outside its storage";
        if (count * Storage.Type.Size() > Math.Max(storedBytes, fileBytes)) return "is larger than the file";
        return IsForward() ? null : "overlaps itself";
    }

    /// <summary>Whether the elements lie in the storage one after another.</summary>
    public bool IsContiguous()
    {
        long expected = 1;
        for (int i = Shape.Length - 1; i >= 0; i--)
        {
            if (Shape[i] != 1 && Strides[i] != expected) return false;
            expected *= Shape[i];
        }
        return true;
    }

    /// <summary>The dimensions longer than one, from the largest stride to the smallest: walked so, the storage is read forwards.</summary>
    public int[] DimensionsByStride() =>
        [.. Enumerable.Range(0, Shape.Length).Where(i => Shape[i] != 1).OrderByDescending(i => Strides[i])];

    private bool IsForward()
    {
        Int128 inner = 0; // how far the inner dimensions walk
        foreach (int i in DimensionsByStride().Reverse())
        {
            if (Strides[i] < inner) return false;
            inner += (Int128)(Shape[i] - 1) * Strides[i];
        }
        return true;
    }
}
