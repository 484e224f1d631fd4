using System.Runtime.InteropServices;
using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>Copies a tensor's elements out of its storage, which is read forwards and a piece at a time, whatever the strides.</summary>
internal sealed class TorchElements(TorchContainer container, TorchView view, string name)
{
    private const int Piece = 1 << 14; // elements

    private readonly ElementType type = view.Storage.Type;
    private byte[] bytes = [];

    /// <summary>Writes the elements row-major as float32.</summary>
    public void CopyTo(Span<float> destination)
    {
        if (destination.IsEmpty) return;
        if (!view.IsContiguous())
        {
            Gather(destination);
            return;
        }
        if (type == ElementType.Float32)
        {
            container.Read(view.Storage.Key, view.First * sizeof(float), MemoryMarshal.AsBytes(destination));
            return;
        }
        for (int done = 0; done < destination.Length; done += Piece)
            ReadPiece(view.First + done, destination[done..Math.Min(done + Piece, destination.Length)]);
    }

    // Walks the dimensions from the largest stride to the smallest, so the place in the storage never goes back.
    private void Gather(Span<float> destination)
    {
        int[] order = view.DimensionsByStride();
        long[] targetStrides = RowMajorStrides();
        var index = new long[order.Length];
        var piece = new float[Piece];
        long end = view.Storage.Start + view.Storage.Count, pieceStart = 0, pieceEnd = 0, source = view.First, target = 0;
        for (int n = 0; n < destination.Length; n++)
        {
            if (source >= pieceEnd)
            {
                (pieceStart, pieceEnd) = (source, Math.Min(source + Piece, end));
                ReadPiece(pieceStart, piece.AsSpan(0, (int)(pieceEnd - pieceStart)));
            }
            destination[(int)target] = piece[source - pieceStart];
            for (int i = order.Length - 1; i >= 0; i--)
            {
                int dimension = order[i];
                source += view.Strides[dimension];
                target += targetStrides[dimension];
                if (++index[i] < view.Shape[dimension]) break;
                source -= view.Shape[dimension] * view.Strides[dimension];
                target -= view.Shape[dimension] * targetStrides[dimension];
                index[i] = 0;
            }
        }
    }

    private long[] RowMajorStrides()
    {
        var strides = new long[view.Shape.Length];
        long stride = 1;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= view.Shape[i];
        }
        return strides;
    }

    private void ReadPiece(long element, Span<float> destination)
    {
        if (bytes.Length == 0) bytes = new byte[Piece * type.Size()];
        Span<byte> part = bytes.AsSpan(0, destination.Length * type.Size());
        container.Read(view.Storage.Key, element * type.Size(), part);
        type.ToFloat32(part, destination, name);
    }
}
