namespace PromptAD.Imaging;

/// <summary>Pixels that touch each other, by an edge or a corner.</summary>
public static class ConnectedPixels
{
    private static readonly (int Dx, int Dy)[] Neighbours = [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

    /// <summary>Closes every open pixel that is 8-connected to the first, and returns them all, the first one first.</summary>
    /// <param name="open">Row by row, (height · width).</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="first">The index of an open pixel.</param>
    public static List<int> Close(bool[] open, int width, int height, int first)
    {
        List<int> found = [first];
        open[first] = false;
        for (int next = 0; next < found.Count; next++)
        {
            int x = found[next] % width, y = found[next] / width;
            foreach ((int dx, int dy) in Neighbours)
            {
                if ((uint)(x + dx) >= (uint)width || (uint)(y + dy) >= (uint)height) continue;
                int neighbour = found[next] + (dy * width) + dx;
                if (!open[neighbour]) continue;
                open[neighbour] = false;
                found.Add(neighbour);
            }
        }
        return found;
    }
}
