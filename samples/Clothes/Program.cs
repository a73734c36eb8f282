// A small U-Net learns the 60,000 pictures of clothes of Fashion-MNIST by their kind, and draws new ones.
// Usage: Clothes [--steps N] [--hours H] [--out FOLDER] [--data FOLDER] [--threads N] [--metrics N]

return new ImageSample { Name = "clothes", DataSet = "fashion-mnist" }.Run(args);
